import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../src/relay/store/memory-store.ts';
import { CANCELLED } from '../../../../src/relay/work/lane.ts';
import { Work } from '../../../../src/relay/work/work.ts';
import { manualTurns } from '../../../support/relay-work.ts';
import { someStored } from '../../../support/stored-event.ts';

const EVENTS = 3_000;

async function setUp() {
  const store = new MemoryStore({ limitBytes: Number.POSITIVE_INFINITY, nowSeconds: () => 1e6 });
  const events = Array.from({ length: EVENTS }, (_, i) => someStored({ kind: 1, created_at: i }));
  for (const event of events) await store.add(event);
  // Every look at the clock takes a millisecond, so that each step is a turn of its own.
  const { turns, turn } = manualTurns(1);
  const work = new Work(turns.lane());
  const finish = async (): Promise<number> => {
    let turnsTaken = 0;
    while (await turn()) turnsTaken++;
    return turnsTaken;
  };
  return { store, events, work, turn, finish };
}

describe('long reads of the memory store', () => {
  it.each([
    ['a query', (store: MemoryStore, work: Work) => store.query([{ limit: 5_000 }], undefined, work)],
    ['a count', (store: MemoryStore, work: Work) => store.count([{}, { kinds: [1] }], undefined, work)],
    ['a list', (store: MemoryStore, work: Work) => store.list({}, 10_000, undefined, work)],
    ['a search', (store: MemoryStore, work: Work) => store.count([{ search: 'x' }], undefined, work)],
  ])('take turns: %s', async (_name, read) => {
    const { store, work, finish } = await setUp();
    const outcome = read(store, work);
    expect(await finish()).toBeGreaterThan(5);
    await outcome;
  });

  it('end when nobody waits for them', async () => {
    const { store, work, turn, finish } = await setUp();
    const outcome = store.count([{}], undefined, work);
    await turn();
    work.cancel();
    const [failure, turnsTaken] = [expect(outcome).rejects.toBe(CANCELLED), await finish()];
    expect(turnsTaken).toBeLessThanOrEqual(1);
    await failure;
  });

  it('go on where they were while events come and go: each of those that stay once, in order', async () => {
    const { store, events, work, turn, finish } = await setUp();
    const outcome = store.query([{ kinds: [1], limit: 5_000 }], undefined, work);
    for (let i = 0; i < 4; i++) {
      await turn();
      // Newer ones, one in the middle of what is left, and the deletion of some that are left.
      await store.add(someStored({ kind: 1, created_at: 5_000 + i }));
      await store.add(someStored({ kind: 1, created_at: 10 }));
      const victims = events.slice(100 * i, 100 * i + 20).map(({ id }) => ['e', id]);
      await store.add(someStored({ kind: 5, created_at: 9_000, tags: victims }));
    }
    await finish();
    const found = await outcome;
    const deleted = new Set([0, 1, 2, 3].flatMap((i) => events.slice(100 * i, 100 * i + 20)));
    const stayed = events.filter((event) => !deleted.has(event)).reverse();
    expect(found.filter((event) => events.includes(event))).toEqual(stayed);
    expect(new Set(found).size).toBe(found.length);
    const times = found.map(({ created_at }) => created_at);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('do not look up every pair of thousands of authors and kinds', async () => {
    const { store, events, work, finish } = await setUp();
    const [event] = events;
    const kinds = Array.from({ length: 2_500 }, (_, i) => i);
    const authors = [event?.pubkey ?? '', ...kinds.map((i) => i.toString(16).padStart(64, '0'))];
    const outcome = store.query([{ authors, kinds, limit: 5 }], undefined, work);
    await finish();
    expect((await outcome).length).toBe(5);
  });
});
