import { type ClientBase, DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import type { CopyQuery } from '../../../../../src/relay/store/postgres/copy-query.ts';
import { Statements } from '../../../../../src/relay/store/postgres/statements.ts';

/** A connection that answers as it is told, and the statements of it. */
function statementsOf(query: (asked: unknown) => unknown): Statements {
  return new Statements({ query } as unknown as ClientBase);
}

describe('the statements of a transaction', () => {
  it('remember what has failed first, whoever hears of it first', async () => {
    const statements = statementsOf((text) => Promise.reject(new Error(String(text))));
    const first = statements.query('cause').then(() => null);
    const second = statements.query('consequence');
    await expect(second).rejects.toThrow('consequence');
    await expect(first).rejects.toThrow('cause');
    expect(statements.failure).toEqual(new Error('cause'));
  });

  it('have not failed because one before them has, which a COPY may hear first', async () => {
    const failed = (message: string, code: string) =>
      Object.assign(new DatabaseError(message, 1, 'error'), { code });
    const statements = statementsOf((asked) => {
      if (typeof asked !== 'string') return (asked as CopyQuery).callback(failed('aborted', '25P02'));
      return Promise.reject(failed('deadlock', '40P01')).catch((error) => {
        throw error;
      });
    });
    const answers = [statements.query('delete'), statements.copy('copy', Buffer.from('rows'))];
    await Promise.allSettled(answers);
    expect(statements.failure).toEqual(failed('deadlock', '40P01'));
  });

  it('have not failed where all is answered', async () => {
    const statements = statementsOf((text) => Promise.resolve(text));
    expect(await statements.query('select 1')).toBe('select 1');
    expect(statements.failure).toBeUndefined();
  });

  it('send the rows of a COPY right behind it', async () => {
    const sent: string[] = [];
    const statements = statementsOf((asked) => {
      const copy = asked as CopyQuery;
      copy.submit({
        query: (text) => sent.push(text),
        stream: { writable: true, write: (bytes) => sent.push(bytes.toString()) },
      });
      copy.handleCopyInResponse();
      copy.callback(null);
    });
    await statements.copy('copy tag from stdin', Buffer.from('rows'));
    expect(sent).toEqual(['copy tag from stdin', 'rows']);
  });

  it('send no rows to a connection that has gone, and fail with it', async () => {
    const sent: string[] = [];
    const statements = statementsOf((asked) => {
      const copy = asked as CopyQuery;
      copy.submit({
        query: () => undefined,
        stream: { writable: false, write: (bytes) => sent.push(bytes.toString()) },
      });
      copy.callback(new Error('gone'));
    });
    await expect(statements.copy('copy tag from stdin', Buffer.from('rows'))).rejects.toThrow('gone');
    expect(statements.failure).toEqual(new Error('gone'));
    expect(sent).toEqual([]);
  });
});
