import { describe, expect, test } from 'vitest';
import { factsOf } from '../../../../src/judge/history/event-facts.ts';
import { Ledger, type LedgerOptions } from '../../../../src/judge/history/ledger.ts';
import type { Operation } from '../../../../src/judge/history/operation.ts';
import type { NostrEvent } from '../../../../src/nostr/event.ts';
import { madeUpEvent } from '../../../support/histories.ts';

const NOW_S = 1_800_000_000;
const ALL: LedgerOptions = { areIdsNew: true, nips: [1, 9, 40, 62] };

function operation(event: NostrEvent, changes: Partial<Operation> = {}): Operation {
  const when = { number: 0, connection: 0, relay: 0, sentMs: 0, endedMs: 1 };
  return { facts: factsOf(event), ...when, outcome: 'accepted', reason: '', ...changes };
}

/** What is expected of the first event once all are learned. */
function expected(operations: readonly Operation[], options: Partial<LedgerOptions> = {}) {
  const ledger = new Ledger({ ...ALL, ...options });
  for (const each of operations) ledger.learn(each);
  return ledger.expect(operations[0] as Operation, NOW_S).wanted;
}

const NOTE = madeUpEvent(1);
const deletion = (changes: Partial<NostrEvent> = {}): NostrEvent =>
  madeUpEvent(9, { kind: 5, tags: [['e', NOTE.id]], ...changes });

describe('what a history demands', () => {
  test.each([
    ['accepted', '', 'present'],
    ['duplicate', '', 'present'],
    ['superseded', 'duplicate', 'either'],
    ['refused', 'error', 'either'],
    ['refused', 'rate-limited', 'either'],
    ['unknown', 'no answer', 'either'],
  ] as const)('of a note that was %s %s: %s', (outcome, reason, wanted) => {
    expect(expected([operation(NOTE, { outcome, reason })])).toBe(wanted);
  });

  test.each([
    ['an ephemeral event', { kind: 20_001 }],
    ['a direct message', { kind: 4 }],
    ['a gift wrap', { kind: 1059 }],
    ['a protected event', { tags: [['-']] }],
    ['a version', { kind: 0 }],
    ['a request to vanish', { kind: 62, tags: [['relay', 'ALL_RELAYS']] }],
    ['what expires soon', { tags: [['expiration', String(NOW_S + 60)]] }],
  ] as const)('leaves open whether %s is there', (_, changes) => {
    expect(expected([operation(madeUpEvent(1, changes as Partial<NostrEvent>))])).toBe('either');
  });

  test('demands what expires much later, and refuses what has expired', () => {
    const at = (s: number) => operation(madeUpEvent(1, { tags: [['expiration', String(s)]] }));
    expect(expected([at(NOW_S + 3_600)])).toBe('present');
    expect(expected([at(NOW_S - 10)])).toBe('absent');
    expect(expected([at(NOW_S - 10)], { nips: null })).toBe('either');
  });

  test('a deletion counts for its author, as far as it was acknowledged and the relay says that it supports it', () => {
    const note = operation(NOTE);
    expect(expected([note, operation(deletion())])).toBe('absent');
    expect(expected([note, operation(deletion({ pubkey: 'cd'.repeat(32) }))])).toBe('present');
    expect(expected([note, operation(deletion(), { outcome: 'unknown' })])).toBe('either');
    expect(expected([note, operation(deletion())], { nips: [1] })).toBe('either');
    expect(expected([note, operation(deletion())], { nips: null })).toBe('either');
  });

  test('a deletion can not be deleted (NIP-09)', () => {
    const first = deletion();
    const second = madeUpEvent(10, { kind: 5, tags: [['e', first.id]] });
    expect(expected([operation(first), operation(second)])).toBe('present');
  });

  test('a deletion of an address ends with its own second', () => {
    const version = (n: number) => madeUpEvent(n, { kind: 30_023, tags: [['d', 'a']] });
    const request = madeUpEvent(5, { kind: 5, tags: [['a', `30023:${NOTE.pubkey}:a`]] });
    expect(expected([operation(version(4)), operation(request)])).toBe('absent');
    expect(expected([operation(version(5)), operation(request)])).toBe('absent');
    expect(expected([operation(version(6)), operation(request)])).toBe('either');
  });

  test('who vanishes takes everything along that is not newer', () => {
    const request = (relay: string) => operation(madeUpEvent(5, { kind: 62, tags: [['relay', relay]] }));
    expect(expected([operation(madeUpEvent(4)), request('ALL_RELAYS')])).toBe('absent');
    expect(expected([operation(madeUpEvent(4)), request('wss://one.example')])).toBe('either');
    expect(expected([operation(madeUpEvent(6)), request('ALL_RELAYS')])).toBe('present');
  });

  test('a duplicate proves nothing where an earlier run may have had the same events', () => {
    expect(expected([operation(NOTE, { outcome: 'duplicate' })], { areIdsNew: false })).toBe('either');
    expect(expected([operation(NOTE)], { areIdsNew: false })).toBe('present');
  });
});

describe('refusals', () => {
  const ids = (ledger: Ledger): string[] => [...ledger.refused()].map(({ facts }) => facts.id);

  test.each(['invalid', 'blocked', 'pow'])('%s: is for good', (reason) => {
    const ledger = new Ledger(ALL);
    ledger.learn(operation(NOTE, { outcome: 'refused', reason }));
    expect(ids(ledger)).toEqual([NOTE.id]);
  });

  test('are taken back by any other attempt of the same event', () => {
    const ledger = new Ledger(ALL);
    ledger.learn(operation(NOTE, { outcome: 'refused', reason: 'blocked' }));
    ledger.contradict(operation(NOTE, { outcome: 'unknown', reason: 'no answer' }));
    expect(ids(ledger)).toEqual([]);
  });
});

describe('addresses', () => {
  const version = (n: number, changes: Partial<NostrEvent> = {}) => madeUpEvent(n, { kind: 0, ...changes });
  const newestOf = (operations: readonly Operation[], options: Partial<LedgerOptions> = {}): string[] => {
    const ledger = new Ledger({ ...ALL, ...options });
    for (const each of operations) ledger.learn(each);
    return [...ledger.addresses(NOW_S)].map(([, { newest }]) => newest.facts.id);
  };

  test('keep the newest acknowledged version, of one second the lowest id', () => {
    const same = { created_at: 1_700_000_100 };
    const all = [version(1), version(3, same), version(2, same)].map((each) => operation(each));
    expect(newestOf(all)).toEqual([version(2).id]);
    expect(newestOf(all.toReversed())).toEqual([version(2).id]);
  });

  test('are not judged where a deletion is about the newest one, or about one that may have replaced it', () => {
    const about = (n: number) => operation(madeUpEvent(9, { kind: 5, tags: [['e', version(n).id]] }));
    const unanswered = operation(version(3), { outcome: 'unknown', reason: 'no answer' });
    expect(newestOf([operation(version(2)), about(2)])).toEqual([]);
    expect(newestOf([operation(version(2)), unanswered, about(3)])).toEqual([]);
    expect(newestOf([operation(version(2)), operation(version(1)), about(1)])).toEqual([version(2).id]);
  });

  test('of which nothing was acknowledged demand nothing', () => {
    expect(newestOf([operation(version(1), { outcome: 'unknown' })])).toEqual([]);
  });
});
