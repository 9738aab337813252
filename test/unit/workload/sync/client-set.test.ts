import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../src/base/random.ts';
import { compareNewestFirst } from '../../../../src/nostr/kinds.ts';
import { NegentropyItems } from '../../../../src/nostr/negentropy/items.ts';
import { answerNegentropy, continueNegentropy } from '../../../../src/nostr/nip77.ts';
import { type ClientSet, drawClientSet, judgeSync } from '../../../../src/workload/sync/client-set.ts';
import type { StoredNote } from '../../../../src/workload/worker-part.ts';

const storedEvents = (count: number): StoredNote[] =>
  Array.from({ length: count }, (_, i) => ({
    id: i.toString(16).padStart(64, '0'),
    created_at: 1_700_000_000 + (i >> 1),
  }));

/** What a sync of this client with a relay that has these events finds. */
function sync({ items, opening }: ClientSet, relay: readonly StoredNote[]) {
  const theirs = NegentropyItems.of([...relay].sort(compareNewestFirst));
  const found = { have: new Set<string>(), need: new Set<string>() };
  for (let next: Buffer | null = opening; next !== null; )
    next = continueNegentropy(items, answerNegentropy(theirs, next, 16_384), found, 16_384);
  return found;
}

describe('the events of a client', () => {
  it('lack as many as asked for and have as many more, and a sync finds exactly those', () => {
    const sizes = fc.record({
      stored: fc.integer({ min: 1, max: 400 }),
      missing: fc.nat(400),
      extra: fc.nat(40),
    });
    fc.assert(
      fc.property(sizes, fc.nat(), ({ stored, missing, extra }, seed) => {
        const events = storedEvents(stored);
        const set = drawClientSet(events, { missing, extra }, createRandom(seed, 'sync-sets'));
        expect(set.differences.need.size).toBe(Math.min(missing, stored));
        expect(set.differences.have.size).toBe(extra);
        const found = sync(set, events);
        expect(found).toEqual(set.differences);
        expect(judgeSync(set.differences, found)).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it('are the same for the same seed', () => {
    const draw = () =>
      drawClientSet(storedEvents(50), { missing: 5, extra: 5 }, createRandom(7, 'sync-sets'));
    expect(draw()).toEqual(draw());
  });
});

describe('what a sync has found', () => {
  const events = storedEvents(200);
  const set = drawClientSet(events, { missing: 3, extra: 2 }, createRandom(1, 'sync-sets'));
  const { need, have } = set.differences;

  it('is wrong where the relay keeps an event from the client', () => {
    const [hidden] = [...need];
    const found = sync(
      set,
      events.filter(({ id }) => id !== hidden),
    );
    expect(judgeSync(set.differences, found)).toEqual({ fault: 'unfound', ids: [hidden] });
  });

  it('is wrong where the relay has lost an event that both have', () => {
    const lost = events.find(({ id }) => !need.has(id))?.id ?? '';
    const found = sync(
      set,
      events.filter(({ id }) => id !== lost),
    );
    expect(judgeSync(set.differences, found)).toEqual({ fault: 'lost', ids: [lost] });
  });

  it('is wrong where the relay names an event that nobody was sent', () => {
    const id = 'f'.repeat(64);
    const found = sync(set, [...events, { id, created_at: 1_700_000_000 }]);
    expect(judgeSync(set.differences, found)).toEqual({ fault: 'unknown', ids: [id] });
  });

  it('names the events that the client alone has', () => {
    expect(have.size).toBe(2);
    expect(sync(set, events).have).toEqual(have);
  });
});
