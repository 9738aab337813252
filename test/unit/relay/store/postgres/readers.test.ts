import { DatabaseError, type Pool } from 'pg';
import { describe, expect, it } from 'vitest';
import { Readers } from '../../../../../src/relay/store/postgres/readers.ts';
import type { Replica } from '../../../../../src/relay/store/postgres/replica.ts';
import { Standing } from '../../../../../src/relay/store/postgres/standing.ts';

const STATEMENT = { text: 'select 1', values: [] };

type Done = (error: unknown, result?: { rows: unknown[][] }) => void;

function pool(answer: () => Promise<unknown[][]>): Pool {
  const client = {
    query: (_query: unknown, done: Done) =>
      void answer().then(
        (rows) => done(null, { rows }),
        (error: unknown) => done(error),
      ),
    release: () => undefined,
  };
  return {
    query: async () => ({ rows: await answer() }),
    connect: async () => client,
  } as unknown as Pool;
}

const from = (name: string) => async () => [[name]];
const away = async (): Promise<never> => {
  throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
};

/** A replica on paper that has replayed the log up to `replayed`. */
function setUp(answer = from('replica'), primary: () => Promise<unknown[][]> = from('primary')) {
  const state = { replayed: 0, checks: 0 };
  const replica = {
    isHealthy: true,
    pool: pool(answer),
    hasReplayed: async (lsn: number) => state.replayed >= lsn,
    check: async () => void state.checks++,
  } as unknown as Replica;
  const readers = new Readers({ primary: pool(primary), replicas: [replica], patienceMs: 1_000 });
  const ask = async () => (await readers.query<[string]>(STATEMENT))[0]?.[0];
  return { readers, ask, state };
}

describe('a reader of a replicated database', () => {
  it('asks a replica that has what this relay has committed, else the primary', async () => {
    const { readers, ask, state } = setUp();
    readers.onCommit(10);
    expect(await ask()).toBe('primary');
    state.replayed = 10;
    expect(await ask()).toBe('replica');
  });

  it('asks the primary while a replica is behind where the primary stood when it was last asked', async () => {
    const { readers, ask, state } = setUp();
    state.replayed = 10;
    readers.onPosition(11);
    expect(await ask()).toBe('primary');
  });

  it('asks the primary while a replica is behind what another relay has told', async () => {
    const { readers, ask, state } = setUp();
    state.replayed = 10;
    readers.requireTold(11);
    expect(await ask()).toBe('primary');
    readers.onAskingPosition();
    expect(await ask()).toBe('primary');
    readers.onPosition(11);
    expect(await ask()).toBe('primary');
    state.replayed = 11;
    expect(await ask()).toBe('replica');
  });

  it('believes a position beyond the log of the primary until that one has answered', async () => {
    const { readers, ask, state } = setUp();
    readers.requireTold(Number.MAX_SAFE_INTEGER);
    expect(await ask()).toBe('primary');
    state.replayed = 10;
    readers.onAskingPosition();
    readers.onPosition(10);
    expect(await ask()).toBe('replica');
  });

  it('keeps what was told while the primary was being asked', async () => {
    const { readers, ask, state } = setUp();
    state.replayed = 10;
    readers.onAskingPosition();
    readers.requireTold(12);
    readers.onPosition(10);
    expect(await ask()).toBe('primary');
  });

  it.each(['onCommit', 'onPosition'] as const)(
    'forgets positions of the log of a lost primary where the new one is shorter (%s)',
    async (told) => {
      const { readers, ask, state } = setUp();
      state.replayed = 10;
      readers[told](20);
      readers[told](10);
      expect(await ask()).toBe('replica');
    },
  );

  it('does not forget what this relay has committed when it learns where the primary stood before', async () => {
    const { readers, ask, state } = setUp();
    state.replayed = 10;
    readers.onPosition(20);
    readers.onCommit(15);
    readers.onPosition(10);
    expect(await ask()).toBe('primary');
  });

  it('asks the primary where a replica fails, and looks at that replica again', async () => {
    const { ask, state } = setUp(away);
    expect(await ask()).toBe('primary');
    expect(state.checks).toBe(1);
  });

  it('says that the database cannot be reached where no server answers', async () => {
    const { ask } = setUp(away, away);
    await expect(ask()).rejects.toMatchObject({ code: 'RELAY_STORE_UNAVAILABLE' });
  });

  it('waits for the end of a failover', async () => {
    let asked = 0;
    const primary = async (): Promise<unknown[][]> => (++asked < 4 ? await away() : [['primary']]);
    const { ask } = setUp(away, primary);
    expect(await ask()).toBe('primary');
    expect(asked).toBe(4);
  });

  it('asks another replica before the primary', async () => {
    const replicas = [away, from('other')].map(
      (answer) =>
        ({
          ...{ isHealthy: true, pool: pool(answer) },
          ...{ hasReplayed: async () => true, check: async () => undefined },
        }) as unknown as Replica,
    );
    const readers = new Readers({ primary: pool(from('primary')), replicas });
    for (let i = 0; i < 4; i++) expect(await readers.query(STATEMENT)).toEqual([['other']]);
    expect(readers.answered).toEqual({ replica: 4, primary: 0 });
  });

  it('asks one replica for all statements of a question, which needs no more than its first did', async () => {
    const required: number[] = [];
    const replicas = ['one', 'other'].map(
      (name) =>
        ({
          ...{ isHealthy: true, pool: pool(from(name)) },
          hasReplayed: async (lsn: number) => {
            required.push(lsn);
            return true;
          },
        }) as unknown as Replica,
    );
    const readers = new Readers({ primary: pool(from('primary')), replicas });
    const standing = new Standing();
    const answers: unknown[][] = [];
    for (const lsn of [5, 6, 7]) {
      readers.onCommit(lsn);
      answers.push(...(await readers.query(STATEMENT, undefined, standing)));
      await readers.query(STATEMENT);
    }
    expect(new Set(answers.map(([name]) => name)).size).toBe(1);
    expect(required).toEqual([5, 5, 5, 6, 5, 7]);
  });

  it('does not go back in time where a question changes its server', async () => {
    const { readers, state } = setUp();
    const standing = new Standing();
    const ask = async () => (await readers.query<[string]>(STATEMENT, undefined, standing))[0]?.[0];
    readers.onCommit(5);
    expect(await ask()).toBe('primary');
    readers.onCommit(6);
    state.replayed = 5;
    expect(await ask()).toBe('primary');
    state.replayed = 6;
    expect(await ask()).toBe('replica');
  });

  it('asks the primary alone for what replicas may not have, and does not wait for it', async () => {
    const { readers } = setUp();
    expect(await readers.queryPrimary(STATEMENT)).toEqual([['primary']]);
    await expect(setUp(from('replica'), away).readers.queryPrimary(STATEMENT)).rejects.toMatchObject({
      code: 'RELAY_STORE_UNAVAILABLE',
    });
  });

  it('tells that a question took too long, and does not ask the primary the same', async () => {
    const timeout = new DatabaseError('canceling statement due to statement timeout', 0, 'error');
    timeout.code = '57014';
    let asked = 0;
    const primary = async () => [[`primary ${++asked}`]];
    const { ask, state } = setUp(() => Promise.reject(timeout), primary);
    state.replayed = 10;
    await expect(ask()).rejects.toThrow('the question takes too long to answer, ask for less');
    expect(asked).toBe(0);
  });
});
