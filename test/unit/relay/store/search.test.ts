import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../src/relay/store/memory-store.ts';
import { Work } from '../../../../src/relay/work/work.ts';
import { manualTurns } from '../../../support/relay-work.ts';
import { someStored } from '../../../support/stored-event.ts';

function storeOf(): MemoryStore {
  return new MemoryStore({ limitBytes: Number.POSITIVE_INFINITY, nowSeconds: () => 1_000 });
}

describe('a search in the memory store (NIP-50)', () => {
  it('returns the most relevant first and cuts after that', async () => {
    const store = storeOf();
    const best = someStored({ content: 'fox and fox', created_at: 1 });
    const newer = someStored({ content: 'a Fox', created_at: 3 });
    const older = someStored({ content: 'fox!', created_at: 2 });
    for (const event of [best, newer, older, someStored({ content: 'foxtrot' })]) await store.add(event);
    expect(await store.query([{ search: 'fox', limit: 9 }])).toEqual([best, newer, older]);
    expect(await store.query([{ search: 'fox', limit: 1 }])).toEqual([best]);
    expect(await store.count([{ search: 'fox' }])).toBe(3);
  });

  it('leaves others their turns and does not return what is deleted meanwhile', async () => {
    const store = storeOf();
    const events = Array.from({ length: 2_000 }, (_, i) => someStored({ content: 'fox', created_at: i }));
    for (const event of events) await store.add(event);
    const { turns, turn } = manualTurns(1);
    const found = store.query([{ search: 'fox', limit: 5_000 }], undefined, new Work(turns.lane()));
    await store.add(someStored({ kind: 5, tags: [['e', events[0]?.id ?? '']] }));
    let turnsTaken = 0;
    while (await turn()) turnsTaken++;
    expect((await found).length).toBe(1_999);
    expect(turnsTaken).toBeGreaterThan(10);
  });
});
