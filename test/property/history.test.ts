import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../src/judge/history/event-facts.ts';
import { Ledger } from '../../src/judge/history/ledger.ts';
import { type HistoryEntry, type Operation, OperationJoiner } from '../../src/judge/history/operation.ts';
import { isNewer, judgeVersions } from '../../src/judge/history/versions.ts';
import type { NostrEvent } from '../../src/nostr/event.ts';
import { decodeEntries, encodeEntry, HistoryCorrupt } from '../../src/result/history/codec.ts';
import { visibleOf } from '../support/planted-relays.ts';

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((all) => Buffer.from(all).toString('hex'));
const number = fc.nat({ max: 1e10 });
const atMs = fc.double({ min: -1e6, max: 1e9, noNaN: true });
const outcome = fc.constantFrom('accepted', 'duplicate', 'superseded', 'refused', 'unknown');
const special = fc.option(
  fc.record(
    {
      address: fc.string(),
      expiration: fc.nat(),
      deletes: fc.array(hex(32), { maxLength: 3 }),
      deletesAddresses: fc.array(fc.string(), { maxLength: 3 }),
      vanishes: fc.constantFrom('everywhere' as const, 'somewhere' as const),
      isPrivate: fc.constant(true as const),
    },
    { requiredKeys: [] },
  ),
);
const sent = fc.record({
  type: fc.constant('sent' as const),
  number,
  atMs,
  connection: fc.nat({ max: 0xffff_ffff }),
  relay: fc.integer({ min: -1, max: 1_000 }),
  facts: fc.record({
    id: hex(32),
    author: hex(8),
    kind: fc.nat({ max: 65_535 }),
    created_at: fc.nat({ max: 2 ** 40 }),
    special,
  }),
});
const ended = fc.record({
  type: fc.constant('ended' as const),
  number,
  atMs,
  outcome,
  reason: fc.stringMatching(/^[ -~]{0,32}$/),
});
const entry: fc.Arbitrary<HistoryEntry> = fc.oneof(sent, ended);

describe('the bytes of a history', () => {
  test('hold every entry as it was', () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const bytes = Buffer.concat(entries.map(encodeEntry));
        expect([...decodeEntries(bytes)]).toEqual(entries);
      }),
    );
  });

  test('that are cut off within an entry are refused, never misread', () => {
    fc.assert(
      fc.property(entry, fc.double({ min: 0, max: 1, noNaN: true }), (one, share) => {
        const bytes = encodeEntry(one);
        const cut = bytes.subarray(0, Math.max(1, Math.floor(share * bytes.length)));
        if (cut.length === bytes.length) return;
        expect(() => [...decodeEntries(cut)]).toThrow(HistoryCorrupt);
      }),
    );
  });

  test('that are anything never make it throw anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          expect(Array.isArray([...decodeEntries(Buffer.from(bytes))])).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(HistoryCorrupt);
        }
      }),
    );
  });
});

/** A few authors, kinds, times and names, so that events meet. */
const events = fc
  .array(
    fc.record({
      author: fc.nat({ max: 1 }),
      kind: fc.constantFrom(0, 1, 1, 5, 5, 30_023),
      created_at: fc.integer({ min: 1_700_000_000, max: 1_700_000_003 }),
      name: fc.constantFrom('a', 'b'),
      target: fc.nat({ max: 11 }),
      byAddress: fc.boolean(),
    }),
    { maxLength: 12 },
  )
  .map((all) =>
    all.map(({ author, kind, created_at, name, target, byAddress }, n): NostrEvent => {
      const pubkey = String(author + 1).repeat(64);
      const d = kind === 30_023 ? [['d', name]] : [];
      const e = kind === 5 && !byAddress ? [['e', idOf(target)]] : [];
      const a = kind === 5 && byAddress ? [['a', `30023:${pubkey}:${name}`]] : [];
      return {
        id: idOf(n),
        pubkey,
        kind,
        created_at,
        tags: [...d, ...e, ...a],
        content: '',
        sig: 'f'.repeat(128),
      };
    }),
  );

function idOf(n: number): string {
  return n.toString(16).padStart(64, '0');
}

function accepted(event: NostrEvent, number: number): Operation {
  const when = { number, connection: 0, relay: 0, sentMs: 0, endedMs: 1 };
  return { facts: factsOf(event), ...when, outcome: 'accepted', reason: '' };
}

const NOW_S = 1_800_000_000;

describe('what a history of accepted events demands', () => {
  const ledgerOf = (all: readonly NostrEvent[]): { ledger: Ledger; operations: Operation[] } => {
    const ledger = new Ledger({ areIdsNew: true, nips: [9, 40, 62] });
    const operations = all.map(accepted);
    for (const operation of operations) ledger.learn(operation);
    return { ledger, operations };
  };

  test('a right relay gives, told in the most simple way', () => {
    fc.assert(
      fc.property(events, (all) => {
        const { ledger, operations } = ledgerOf(all);
        const visible = new Set(visibleOf(all).map(({ id }) => id));
        for (const operation of operations) {
          const { wanted } = ledger.expect(operation, NOW_S);
          if (wanted === 'either') continue;
          expect(visible.has(operation.facts.id), operation.facts.id).toBe(wanted === 'present');
        }
        for (const [, { newest }] of ledger.addresses(NOW_S)) expect(visible.has(newest.facts.id)).toBe(true);
      }),
    );
  });

  test('is complete: only versions are left open, and each is judged by its address or removed', () => {
    fc.assert(
      fc.property(events, (all) => {
        const { ledger, operations } = ledgerOf(all);
        const open = operations.filter((operation) => ledger.expect(operation, NOW_S).wanted === 'either');
        for (const { facts } of open) expect(facts.special?.address).toBeDefined();
      }),
    );
  });

  test('does not depend on the order in which it was learned', () => {
    fc.assert(
      fc.property(events, (all) => {
        const { ledger, operations } = ledgerOf(all);
        const backwards = new Ledger({ areIdsNew: true, nips: [9, 40, 62] });
        for (const operation of operations.toReversed()) backwards.learn(operation);
        for (const operation of operations)
          expect(backwards.expect(operation, NOW_S).wanted).toBe(ledger.expect(operation, NOW_S).wanted);
      }),
    );
  });
});

describe('joining entries', () => {
  test('gives every event that was sent exactly one operation, whatever was lost of the rest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(sent, ended).map((each) => ({ ...each, number: each.number % 5 }))),
        (entries) => {
          const joiner = new OperationJoiner();
          const done = entries.flatMap((each) => joiner.push(each) ?? []);
          const rest = joiner.rest();
          const numbers = new Set(entries.filter(({ type }) => type === 'sent').map((each) => each.number));
          expect(new Set([...done, ...rest].map((each) => each.number))).toEqual(numbers);
          expect(new Set(rest.map((each) => each.number)).size).toBe(rest.length);
          expect(done.every((each) => each.outcome !== 'unknown')).toBe(true);
        },
      ),
    );
  });
});

describe('judging versions', () => {
  const version = fc.record({
    created_at: fc.integer({ min: 1, max: 4 }),
    id: fc.constantFrom('a', 'b', 'c'),
  });

  test('finds no fault exactly where all relays keep one version that is not older', () => {
    fc.assert(
      fc.property(version, fc.array(fc.option(version), { minLength: 1, maxLength: 4 }), (newest, kept) => {
        const [first] = kept;
        const isSame = kept.every((each) => each?.id === first?.id && each?.created_at === first?.created_at);
        const isRight = isSame && first != null && !isNewer(newest, first);
        // Ids are of one event each: the same id at another time can't be.
        fc.pre(
          new Set(kept.map((each) => each?.id)).size ===
            new Set(kept.map((each) => JSON.stringify(each))).size,
        );
        expect(judgeVersions(newest, kept).length === 0).toBe(isRight);
      }),
    );
  });
});
