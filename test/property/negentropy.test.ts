import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { nip77 } from 'nostr-tools';
import { describe, expect, it } from 'vitest';
import { NegentropyItems } from '../../src/nostr/negentropy/items.ts';
import { answerNegentropy, continueNegentropy, openNegentropy } from '../../src/nostr/nip77.ts';

interface Item {
  readonly created_at: number;
  readonly id: string;
}

/**
 * Many share a second and the beginning of their id, so that bounds need ids. The rest is a hash, as it is in events:
 * fingerprints are made of sums of ids, which ids made by counting soon have in common.
 */
const item: fc.Arbitrary<Item> = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 100_000 }))
  .map(([second, number]) => ({
    created_at: 1_700_000_000 + second * second,
    id: `${number % 3}${number.toString(16).padStart(6, '0')}${hashOf(number).slice(7)}`,
  }));

const hashOf = (number: number): string => createHash('sha256').update(String(number)).digest('hex');

const newestFirst = (items: readonly Item[]): Item[] =>
  items.toSorted((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));

/** Reconciles with the client of nostr-tools, an independent implementation. */
function reconcile(ours: readonly Item[], theirs: readonly Item[], bytesMax: number) {
  const items = NegentropyItems.of(newestFirst(ours));
  const storage = new nip77.NegentropyStorageVector();
  for (const { created_at, id } of theirs) storage.insert(created_at, id);
  storage.seal();
  const client = new nip77.Negentropy(storage, bytesMax);
  const [have, need] = [new Set<string>(), new Set<string>()];
  let longestBytes = 0;
  let rounds = 0;
  for (let query: string | null = client.initiate(); query !== null; rounds++) {
    if (rounds > 500) throw new Error('reconciliation does not end');
    const answer = answerNegentropy(items, Buffer.from(query, 'hex'), bytesMax);
    longestBytes = Math.max(longestBytes, answer.length);
    query = client.reconcile(
      answer.toString('hex'),
      (id) => have.add(id),
      (id) => need.add(id),
    );
  }
  return { have, need, longestBytes, rounds };
}

function without(items: readonly Item[], others: readonly Item[]): Set<string> {
  const ids = new Set(others.map(({ id }) => id));
  return new Set(items.map(({ id }) => id).filter((id) => !ids.has(id)));
}

describe('answering Negentropy (NIP-77)', () => {
  it('lets any two sets find their difference', () => {
    const sets = fc
      .uniqueArray(item, { maxLength: 400, size: 'max', selector: ({ id }) => id })
      .chain((all) => fc.tuple(fc.subarray(all), fc.subarray(all)));
    fc.assert(
      fc.property(sets, ([ours, theirs]) => {
        const { have, need } = reconcile(ours, theirs, 4_096);
        expect(need).toEqual(without(ours, theirs));
        expect(have).toEqual(without(theirs, ours));
      }),
      { numRuns: 300 },
    );
  });

  it('postpones the ids for which the last list had no room', () => {
    for (let count = 100; count < 220; count++) {
      const ours = Array.from({ length: count }, (_, i) => ({
        created_at: 1_700_000_000 + (i >> 2),
        id: i.toString(16).padStart(64, '0'),
      }));
      // None of the last ones: only the fingerprint of what was postponed can tell of them.
      const theirs = ours.slice(0, -8).filter((_, i) => i % 3 === 0);
      expect(reconcile(ours, theirs, 4_096).need).toEqual(without(ours, theirs));
    }
  });

  it('splits a large difference over several rounds whose answers stay small', () => {
    const ours = Array.from({ length: 5_000 }, (_, i) => ({
      created_at: 1_700_000_000 + Math.floor(i / 700),
      id: i.toString(16).padStart(64, '0'),
    }));
    const { need, longestBytes, rounds } = reconcile(ours, [], 4_096);
    expect(need.size).toBe(5_000);
    expect(longestBytes).toBeLessThanOrEqual(4_096);
    expect(rounds).toBeGreaterThan(5_000 / 128);
  });

  it('survives every message', () => {
    const items = NegentropyItems.of([{ created_at: 5, id: 'a'.repeat(64) }]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          answerNegentropy(items, Uint8Array.from([0x61, ...bytes]), 4_096);
        } catch (error) {
          expect(String(error)).toMatch(/^Error: /);
          expect((error as Error).constructor.name).toBe('NegentropyError');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Asks the answering side of this program, or nostr-tools, which answers as a client does: enough for equal sets. */
function ask(
  ours: readonly Item[],
  theirs: readonly Item[],
  { isOwn, bytesMax }: { readonly isOwn: boolean; readonly bytesMax: number },
) {
  const [items, own] = [ours, theirs].map((set) => NegentropyItems.of(newestFirst(set))) as [
    NegentropyItems,
    NegentropyItems,
  ];
  const storage = new nip77.NegentropyStorageVector();
  for (const { created_at, id } of theirs) storage.insert(created_at, id);
  storage.seal();
  const server = new nip77.Negentropy(storage, bytesMax);
  const found = { have: new Set<string>(), need: new Set<string>() };
  let rounds = 0;
  for (let next: Buffer | null = openNegentropy(items); next !== null; rounds++) {
    if (rounds > 500) throw new Error('reconciliation does not end');
    // A server of nostr-tools that has nothing to add says so with the version alone.
    const answer = isOwn
      ? answerNegentropy(own, next, bytesMax)
      : Buffer.from(server.reconcile(next.toString('hex')) ?? '61', 'hex');
    next = continueNegentropy(items, answer, found, bytesMax);
  }
  return { ...found, rounds };
}

describe('asking with Negentropy (NIP-77)', () => {
  it('finds the difference of any two sets', () => {
    const sets = fc
      .uniqueArray(item, { maxLength: 400, size: 'max', selector: ({ id }) => id })
      .chain((all) => fc.tuple(fc.subarray(all), fc.subarray(all)));
    fc.assert(
      fc.property(sets, fc.integer({ min: 4_096, max: 20_000 }), ([ours, theirs], bytesMax) => {
        const { have, need } = ask(ours, theirs, { isOwn: true, bytesMax });
        expect(need).toEqual(without(theirs, ours));
        expect(have).toEqual(without(ours, theirs));
      }),
      { numRuns: 300 },
    );
  });

  it('needs one round for equal sets, whoever answers', () => {
    const set = Array.from({ length: 3_000 }, (_, i) => ({
      created_at: 1_700_000_000 + i,
      id: i.toString(16).padStart(64, '0'),
    }));
    for (const isOwn of [true, false])
      expect(ask(set, set, { isOwn, bytesMax: 60_000 })).toEqual({
        have: new Set(),
        need: new Set(),
        rounds: 1,
      });
  });

  it('tells a hostile answer by its own error, and ends', () => {
    const items = NegentropyItems.of([{ created_at: 5, id: 'a'.repeat(64) }]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          continueNegentropy(items, bytes, { have: new Set(), need: new Set() }, 4_096);
        } catch (error) {
          expect((error as Error).constructor.name).toBe('NegentropyError');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
