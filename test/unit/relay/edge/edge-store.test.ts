import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../../src/relay/store/unavailable.ts';
import { eventually } from '../../../support/eventually.ts';
import type { MemoryOrigin } from '../../../support/memory-origin.ts';
import { someEdge } from '../../../support/some-edge.ts';
import { someEvent } from '../../../support/stored-event.ts';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];

/** Waits until the origin has taken the first question of a client, and read its answer. */
async function asked(memory: MemoryOrigin): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    await memory.takeUp();
    return memory.questions.length > 0;
  };
  await eventually('the question is there', isThere, { everyMs: 1 });
}

describe('the store of an edge', () => {
  it('asks the origin once for what is asked again', async () => {
    const { memory, ids, stats } = await someEdge();
    const event = someEvent();
    await memory.publish(event);
    for (let i = 0; i < 3; i++) expect(await ids({ kinds: [1] })).toEqual([event.id]);
    expect(memory.questions).toEqual([{ kinds: [1], limit: 100 }]);
    expect([stats.hits, stats.misses]).toEqual([2, 1]);
  });

  it('asks once for many who ask the same at once', async () => {
    const { memory, ids, stats } = await someEdge();
    const event = someEvent();
    await memory.publish(event);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ids({ authors: [A, B], kinds: [1] })));
    expect(answers).toEqual(answers.map(() => [event.id]));
    expect(memory.questions).toHaveLength(1);
    expect(stats.collapsed).toBe(19);
  });

  it('takes filters for the same whatever the order of their values', async () => {
    const { memory, ids } = await someEdge();
    await ids({ kinds: [1, 7], authors: [A] });
    await ids({ authors: [A, A], kinds: [7, 1] });
    expect(memory.questions).toHaveLength(1);
  });

  it('does not answer below what it holds', async () => {
    const { memory, ids } = await someEdge();
    const events = [104, 103, 102, 101].map((created_at) => someEvent({ created_at }));
    for (const event of events) await memory.publish(event);
    const [newest, second, third, oldest] = events.map(({ id }) => id);
    expect(await ids({ kinds: [1], limit: 2 })).toEqual([newest, second]);
    expect(await ids({ kinds: [1], limit: 1 })).toEqual([newest]);
    expect(await ids({ kinds: [1], since: 104 })).toEqual([newest]);
    expect(memory.questions).toHaveLength(1);
    expect(await ids({ kinds: [1], since: 103 })).toEqual([newest, second]);
    expect(await ids({ kinds: [1], limit: 3 })).toEqual([newest, second, third]);
    expect(memory.questions).toHaveLength(3);
    expect(await ids({ kinds: [1] })).toEqual([newest, second, third, oldest]);
    expect(await ids({ kinds: [1], until: 102, limit: 9 })).toEqual([third, oldest]);
    expect(memory.questions).toHaveLength(4);
  });

  it('does not take for whole what the origin has cut', async () => {
    const { memory, ids } = await someEdge({ maxLimit: 2 });
    const events = [103, 102, 101].map((created_at) => someEvent({ created_at }));
    for (const event of events) await memory.publish(event);
    expect(await ids({ kinds: [1] })).toHaveLength(2);
    expect(await ids({ kinds: [1], since: 101 })).toHaveLength(2);
    expect(await ids({ kinds: [1], until: 101 })).toEqual([events[2]?.id]);
  });

  it('knows of new events without asking', async () => {
    const { memory, ids, quiet } = await someEdge();
    await ids({ kinds: [1], authors: [A] });
    const [mine, other] = [someEvent(), someEvent({ pubkey: B })];
    await memory.publish(mine);
    await memory.publish(other);
    await quiet();
    expect(await ids({ kinds: [1], authors: [A] })).toEqual([mine.id]);
    expect(memory.questions).toHaveLength(1);
  });

  it('serves the newest version of a replaceable event', async () => {
    const { memory, ids, quiet } = await someEdge();
    const [first, second] = [100, 101].map((created_at) => someEvent({ kind: 0, created_at }));
    if (first === undefined || second === undefined) throw new Error('no versions');
    await memory.publish(first);
    expect(await ids({ authors: [A], kinds: [0] })).toEqual([first.id]);
    expect(await ids({ ids: [first.id] })).toEqual([first.id]);
    await memory.publish(second);
    await quiet();
    expect(await ids({ authors: [A], kinds: [0] })).toEqual([second.id]);
    expect(await ids({ ids: [first.id] })).toEqual([]);
  });

  it('forgets a version where the newer one no longer matches', async () => {
    const { memory, ids, quiet } = await someEdge();
    const fields = {
      kind: 30_023,
      tags: [
        ['d', 'x'],
        ['t', 'x'],
      ],
    };
    await memory.publish(someEvent({ ...fields, created_at: 100 }));
    expect(await ids({ '#t': ['x'] })).toHaveLength(1);
    await memory.publish(someEvent({ ...fields, tags: [['d', 'x']], created_at: 101 }));
    await quiet();
    expect(await ids({ '#t': ['x'] })).toEqual([]);
    expect(memory.questions).toHaveLength(1);
  });

  it.each([
    ['its id', (id: string) => [['e', id]], 1],
    ['its address', () => [['a', `30023:${A}:x`]], 30_023],
  ])('does not serve what was deleted by %s', async (_name, tags, kind) => {
    const { memory, ids, quiet } = await someEdge();
    const event = someEvent({ kind, tags: [['d', 'x']] });
    await memory.publish(event);
    expect(await ids({ kinds: [kind] })).toEqual([event.id]);
    expect(await ids({ ids: [event.id] })).toEqual([event.id]);
    await memory.publish(someEvent({ kind: 5, tags: tags(event.id) }));
    await quiet();
    expect(await ids({ kinds: [kind] })).toEqual([]);
    expect(await ids({ ids: [event.id] })).toEqual([]);
  });

  it('asks again where a deletion has made an answer shorter than it was asked for', async () => {
    const { memory, ids, quiet } = await someEdge();
    const events = [103, 102, 101].map((created_at) => someEvent({ created_at }));
    for (const event of events) await memory.publish(event);
    expect(await ids({ kinds: [1], limit: 2 })).toEqual([events[0]?.id, events[1]?.id]);
    await memory.publish(someEvent({ kind: 5, tags: [['e', events[0]?.id ?? '']] }));
    await quiet();
    expect(await ids({ kinds: [1], limit: 2 })).toEqual([events[1]?.id, events[2]?.id]);
  });

  it('does not believe a deletion by somebody else', async () => {
    const { memory, ids, quiet } = await someEdge();
    const event = someEvent();
    await memory.publish(event);
    await ids({ kinds: [1] });
    await memory.publish(someEvent({ kind: 5, pubkey: B, tags: [['e', event.id]] }));
    await quiet();
    expect(await ids({ kinds: [1] })).toEqual([event.id]);
    expect(memory.questions).toHaveLength(1);
  });

  it('does not serve what has expired', async () => {
    const { clock, memory, ids } = await someEdge();
    const event = someEvent({ tags: [['expiration', '1060']] });
    await memory.publish(event);
    expect(await ids({ kinds: [1] })).toEqual([event.id]);
    expect(await ids({ ids: [event.id] })).toEqual([event.id]);
    clock.seconds = 1_060;
    expect(await ids({ kinds: [1] })).toEqual([]);
    expect(await ids({ ids: [event.id] })).toEqual([]);
  });

  it('does not serve what has vanished', async () => {
    const { memory, ids, quiet } = await someEdge();
    const [event, other] = [someEvent(), someEvent({ pubkey: B })];
    await memory.publish(event);
    await memory.publish(other);
    await ids({ kinds: [1] });
    await memory.publish(someEvent({ kind: 62, created_at: 200, tags: [['relay', 'ALL_RELAYS']] }));
    await quiet();
    expect(await ids({ kinds: [1] })).toEqual([other.id]);
  });

  it('asks only for those ids that it does not hold, and looks at the rest of the filter itself', async () => {
    const { memory, ids } = await someEdge();
    const [first, second] = [someEvent({ created_at: 101 }), someEvent({ kind: 7 })];
    await memory.publish(first);
    await memory.publish(second);
    expect(await ids({ ids: [first.id] })).toEqual([first.id]);
    expect(await ids({ ids: [first.id, second.id] })).toEqual([first.id, second.id]);
    expect(await ids({ ids: [first.id, second.id], kinds: [7] })).toEqual([second.id]);
    expect(memory.questions.map((filter) => filter.ids)).toEqual([[first.id], [second.id]]);
  });

  it('asks for what it held and has dropped while it asked for the rest', async () => {
    const { memory, ids, table } = await someEdge();
    const [held, missing] = [someEvent({ created_at: 101 }), someEvent()];
    await memory.publish(held);
    await memory.publish(missing);
    await ids({ ids: [held.id] });
    memory.isHeld = true;
    const answer = ids({ ids: [held.id, missing.id] });
    await eventually('the origin is asked', async () => {
      await memory.takeUp();
      return memory.questions.length === 2;
    });
    table.startOver(table.begin(), []);
    memory.isHeld = false;
    memory.flow();
    expect(await answer).toEqual([held.id, missing.id]);
  });

  it('does not serve by its id what was deleted while it asked for the rest', async () => {
    const { memory, ids } = await someEdge();
    const [held, missing] = [someEvent({ created_at: 101 }), someEvent()];
    await memory.publish(held);
    await memory.publish(missing);
    await ids({ ids: [held.id] });
    memory.isHeld = true;
    const answer = ids({ ids: [held.id, missing.id] });
    await eventually('the origin is asked', async () => {
      await memory.takeUp();
      return memory.questions.length === 2;
    });
    await memory.publish(someEvent({ kind: 5, tags: [['e', held.id]] }));
    memory.isHeld = false;
    memory.flow();
    expect(await answer).toEqual([missing.id]);
  });

  it('finds by id what it holds for another filter', async () => {
    const { memory, ids } = await someEdge();
    const event = someEvent();
    await memory.publish(event);
    await ids({ kinds: [1] });
    expect(await ids({ ids: [event.id] })).toEqual([event.id]);
    expect(memory.questions).toHaveLength(1);
  });

  it('asks again for an id that the origin did not have', async () => {
    const { memory, ids } = await someEdge();
    const event = someEvent();
    expect(await ids({ ids: [event.id] })).toEqual([]);
    await memory.publish(event);
    expect(await ids({ ids: [event.id] })).toEqual([event.id]);
  });

  it('holds no more than it may', async () => {
    const { memory, ids, table } = await someEdge({ limitBytes: 20_000 });
    for (let i = 0; i < 40; i++) {
      await memory.publish(someEvent({ kind: 1_000 + i, content: 'x'.repeat(1_000) }));
      expect(await ids({ kinds: [1_000 + i] })).toHaveLength(1);
      expect(table.bytes).toBeLessThanOrEqual(20_000);
    }
    expect(await ids({ kinds: [1_039] })).toHaveLength(1);
    expect(memory.questions).toHaveLength(40);
    expect(await ids({ kinds: [1_000] })).toHaveLength(1);
    expect(memory.questions).toHaveLength(41);
  });

  it('forgets everything without a trace', async () => {
    const { memory, ids, table } = await someEdge();
    await memory.publish(someEvent({ kind: 0 }));
    await ids({ kinds: [0] });
    await ids({ kinds: [0], since: 1 });
    await ids({ authors: [A] });
    expect(table.bytes).toBeGreaterThan(0);
    table.startOver(table.begin(), []);
    expect([table.bytes, table.size, table.coverages]).toEqual([0, 0, 0]);
  });

  it('counts by asking the origin', async () => {
    const { memory, store } = await someEdge();
    await memory.publish(someEvent());
    expect(await store.count([{ kinds: [1] }])).toBe(1);
  });

  it('leaves to the origin what is for few, and reconciliation', async () => {
    const { store } = await someEdge();
    await expect(store.query([{ kinds: [1_059], limit: 1 }])).rejects.toThrow(/gift wraps/);
    await expect(store.count([{ kinds: [1_059] }])).rejects.toThrow(/gift wraps/);
    await expect(store.list()).rejects.toThrow(/reconcile/);
  });

  it('does not ask for what matches nothing', async () => {
    const { memory, ids } = await someEdge();
    expect(await ids({ kinds: [] })).toEqual([]);
    expect(await ids({ kinds: [1], limit: 0 })).toEqual([]);
    expect(memory.questions).toEqual([]);
  });

  it('applies what the origin says while its answer is on the way', async () => {
    const { memory, ids } = await someEdge();
    const [kept, deleted] = [someEvent({ created_at: 101 }), someEvent()];
    await memory.publish(kept);
    await memory.publish(deleted);
    await eventually('the edge has heard', () => memory.heard === memory.version, { everyMs: 1 });
    memory.isHeld = true;
    const answer = ids({ kinds: [1] });
    await asked(memory);
    // Read, and not sent: meanwhile it is deleted, and a new one comes.
    await memory.publish(someEvent({ kind: 5, tags: [['e', deleted.id]] }));
    const late = someEvent({ created_at: 102 });
    await memory.publish(late);
    while (memory.arrive());
    memory.isHeld = false;
    memory.flow();
    expect(await answer).toEqual([late.id, kept.id]);
    expect(await ids({ kinds: [1] })).toEqual([late.id, kept.id]);
  });
});

describe('an edge that is told', () => {
  it('of an event that somebody asks for by id finds it for who asks while the origin is asked already', async () => {
    const { memory, ids } = await someEdge();
    const event = someEvent();
    memory.isHeld = true;
    const first = ids({ ids: [event.id] });
    await asked(memory);
    // The answer is read without it: now it is there, and told of before the answer is sent.
    await memory.publish(event);
    while (memory.arrive());
    const second = ids({ ids: [event.id] });
    memory.isHeld = false;
    memory.flow();
    expect(await Promise.all([first, second])).toEqual([[event.id], [event.id]]);
  });

  it('of an older version once more, after the newer one was deleted, asks whether it is there', async () => {
    const { memory, ids, quiet, told } = await someEdge();
    const [older, newer] = [100, 101].map((created_at) => someEvent({ kind: 0, created_at }));
    if (older === undefined || newer === undefined) throw new Error('no versions');
    await memory.publish(older);
    await memory.publish(newer);
    await memory.publish(someEvent({ kind: 5, tags: [['e', newer.id]] }));
    await quiet();
    expect(await ids({ kinds: [0] })).toEqual([]);
    await memory.publish(older);
    await quiet();
    expect(await ids({ kinds: [0] })).toEqual([older.id]);
    expect(told.filter((id) => id === older.id)).toHaveLength(1);
  });
});

describe('an edge whose origin is away', () => {
  it('serves what it holds, and says that it cannot get the rest', async () => {
    const { memory, ids, stats } = await someEdge();
    const event = someEvent();
    await memory.publish(event);
    await ids({ kinds: [1] });
    memory.isAway = true;
    memory.cut();
    expect(await ids({ kinds: [1] })).toEqual([event.id]);
    expect(await ids({ ids: [event.id] })).toEqual([event.id]);
    expect(stats.stale).toBe(2);
    await expect(ids({ kinds: [7] })).rejects.toThrow(StoreUnavailableError);
  });

  it('serves nothing that may be older than is allowed', async () => {
    const { memory, ids, store } = await someEdge({ staleMaxMs: 0 });
    await memory.publish(someEvent());
    await ids({ kinds: [1] });
    memory.isAway = true;
    memory.cut();
    expect(store.isReady()).toBe(false);
    await expect(ids({ kinds: [1] })).rejects.toThrow('the origin cannot be reached, try again later');
  });

  it('asks again what was lost with the connection', async () => {
    const { memory, ids } = await someEdge({ times: { patienceMs: 60_000 } });
    const event = someEvent();
    await memory.publish(event);
    memory.isHeld = true;
    const answer = ids({ kinds: [1] });
    await asked(memory);
    memory.cut();
    memory.isHeld = false;
    expect(await answer).toEqual([event.id]);
  });

  it('believes nothing of what it held once the origin is back', async () => {
    const { clock, memory, origin, ids } = await someEdge();
    const event = someEvent();
    await memory.publish(event);
    await ids({ kinds: [1] });
    memory.isAway = true;
    memory.cut();
    // So old that nobody would look for it.
    clock.seconds = 5_000;
    await memory.publish(someEvent({ kind: 5, tags: [['e', event.id]] }));
    memory.isAway = false;
    await eventually('the origin is back', () => origin.isLive, { everyMs: 1 });
    expect(await ids({ kinds: [1] })).toEqual([]);
  });
});
