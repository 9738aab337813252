import { describe, expect, it } from 'vitest';
import { startStore } from '../../../src/relay/start-store.ts';
import { eventuallyPasses } from '../../support/eventually.ts';

const URL = 'postgres://user:secret@db:5433/nostr';

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
}

/** A store whose attempts to open fail with these errors, then succeed. */
function setUp(...failures: Error[]) {
  const told: string[] = [];
  const fatal: Error[] = [];
  const closing = new AbortController();
  let attempts = 0;
  const open = async (): Promise<void> => {
    const failure = failures[attempts++];
    if (failure !== undefined) throw failure;
  };
  const start = () =>
    startStore({
      store: { open },
      url: URL,
      log: (text) => told.push(text),
      onFatal: (error) => fatal.push(error),
      signal: closing.signal,
    });
  return { start, told, fatal, closing, attempts: () => attempts };
}

describe('the start of a store', () => {
  it('says nothing where it succeeds', async () => {
    const { start, told } = setUp();
    await start();
    expect(told).toEqual([]);
  });

  it('goes on while the database is away, and tells that once, without the password', async () => {
    const { start, told, attempts } = setUp(refused(), refused());
    await start();
    expect(told).toEqual(['Postgres at db:5433 cannot be used: connect ECONNREFUSED; waiting for it']);
    await eventuallyPasses(() => expect(told.at(-1)).toBe('Postgres at db:5433 can be used'));
    expect(attempts()).toBe(3);
    expect(told).toHaveLength(2);
  });

  it('gives up at once where waiting is no use', async () => {
    const { start, attempts } = setUp(new Error('permission denied'));
    await expect(start()).rejects.toMatchObject({
      code: 'RELAY_STORE_UNREACHABLE',
      message: 'Postgres at db:5433 cannot be used: permission denied',
      exitCode: 3,
    });
    expect(attempts()).toBe(1);
  });

  it('ends the relay where a later attempt shows that waiting is no use', async () => {
    const { start, fatal } = setUp(refused(), new Error('permission denied'));
    await start();
    await eventuallyPasses(() =>
      expect(fatal.map(({ message }) => message)).toEqual([
        'Postgres at db:5433 cannot be used: permission denied',
      ]),
    );
  });

  it('tries no more when the relay stops', async () => {
    const { start, closing, fatal, attempts } = setUp(refused());
    await start();
    closing.abort();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect([attempts(), fatal]).toEqual([1, []]);
  });
});
