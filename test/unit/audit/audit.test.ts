import { describe, expect, onTestFinished, test } from 'vitest';
import { type AuditRequest, audit } from '../../../src/audit/audit.ts';
import type { Invariant } from '../../../src/metric/invariants.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import type { Audit, AuditedInvariant } from '../../../src/record/audit-schema.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { type Attempt, historyFile, madeUpEvent } from '../../support/histories.ts';
import { type PlantedFaults, startPlantedRelays } from '../../support/planted-relays.ts';
import { sampleRecord } from '../../support/sample-record.ts';

// Violations are planted into relays that are otherwise right; each has to be found and named, and nothing else.

const RIGHT = Array.from({ length: 250 }, (_, n) => madeUpEvent(n));
const DELETED = madeUpEvent(1_001);
const DELETION = madeUpEvent(1_002, { kind: 5, tags: [['e', DELETED.id]] });
const EXPIRED = madeUpEvent(1_003, { tags: [['expiration', '1700000000']] });
const REFUSED = madeUpEvent(1_004);
const OLD = madeUpEvent(1_005, { kind: 30_023, tags: [['d', 'article']] });
const NEW = madeUpEvent(1_006, { kind: 30_023, tags: [['d', 'article']] });
/** Of one second with `NEW`: the lower id is the one to keep. */
const PROFILE = madeUpEvent(1_007, { kind: 0, created_at: 1_700_000_900 });
const TWIN = madeUpEvent(1_008, { kind: 0, created_at: 1_700_000_900 });
const UNANSWERED = madeUpEvent(1_009);

const ATTEMPTS: readonly Attempt[] = [
  ...[...RIGHT, DELETED, DELETION, EXPIRED, OLD, NEW, PROFILE, TWIN].map((event) => ({ event })),
  { event: REFUSED, outcome: 'refused', reason: 'blocked' },
  { event: UNANSWERED, outcome: 'unknown', reason: 'no answer' },
];
const ACCEPTED = ATTEMPTS.filter(({ outcome = 'accepted' }) => outcome === 'accepted').map(
  ({ event }) => event,
);

const NIPS = [1, 9, 11, 40, 45];

function recordOf(changes: Partial<RunRecord> = {}): RunRecord {
  const sample = sampleRecord('pass');
  return {
    ...sample,
    corpus: { ...sample.corpus, fingerprint: 'fresh:notes' },
    target: { ...sample.target, nip11: { supported_nips: NIPS } },
    faults: [],
    ...changes,
  };
}

interface Planted extends PlantedFaults {
  readonly relays?: number;
  readonly attempts?: readonly Attempt[];
  readonly stored?: readonly NostrEvent[];
  readonly record?: RunRecord;
  readonly request?: Partial<AuditRequest>;
}

async function auditOf(planted: Planted = {}): Promise<Audit> {
  const { relays: count = 2, attempts = ATTEMPTS, stored = ACCEPTED, record = recordOf(), request } = planted;
  const relays = await startPlantedRelays(count, stored, planted);
  onTestFinished(() => relays.stop());
  return await audit({
    file: await historyFile(attempts),
    record,
    urls: relays.urls,
    insecure: false,
    isProven: () => true,
    probing: { events: 6 },
    timing: { retryAfterMs: [1, 2, 3], patienceMs: 0, countAgainAfterMs: 1 },
    ...request,
  });
}

function of(result: Audit, id: Invariant): AuditedInvariant {
  const found = result.invariants?.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

/** The invariants that are violated. */
function broken({ invariants = [] }: Audit): string[] {
  return invariants.filter(({ violated }) => violated > 0).map(({ id }) => id);
}

describe('the audit of relays that are right', () => {
  test('checks what can be checked and finds nothing', async () => {
    const result = await auditOf();
    expect(broken(result)).toEqual([]);
    expect(result).toMatchObject({ acknowledged: 253, found: 253, lost: [], relays: 2 });
    expect(result.history).toEqual({ acknowledged: 257, refused: 1, unknown: 1 });
    const checked = (id: Invariant): number => of(result, id).checked;
    expect([checked('I1'), checked('I2'), checked('I3'), checked('I4'), checked('I5')]).toEqual([
      251, 1, 6, 2, 2,
    ]);
    expect(checked('I8')).toBe(253);
    expect(checked('I9')).toBeGreaterThan(0);
    expect(of(result, 'I3').lag?.samples).toBe(6);
  });

  test('says why it has not checked what nobody has watched', async () => {
    const result = await auditOf({
      request: { probing: { reason: 'nothing is published without --probe' } },
    });
    expect(of(result, 'I3')).toMatchObject({ checked: 0, reason: 'nothing is published without --probe' });
    expect(of(result, 'I7')).toMatchObject({ checked: 0, reason: 'the run had no faults' });
    expect(of(result, 'I10')).toMatchObject({ checked: 0, reason: expect.stringContaining('not watched') });
  });

  test('never holds what the NIPs leave open against a relay that does not say that it supports them', async () => {
    const sample = recordOf();
    const silent = { ...sample, target: { ...sample.target, nip11: null } };
    // It keeps what is deleted or expired, and can't count.
    const result = await auditOf({
      record: silent,
      keeps: (right) => [...new Set([...ACCEPTED, ...right])],
      counts: () => 0,
    });
    expect(broken(result)).toEqual([]);
    expect(of(result, 'I5')).toMatchObject({ checked: 0, reason: expect.stringMatching(/NIP-(9|40)/) });
    expect(of(result, 'I9')).toMatchObject({ checked: 0, reason: expect.stringContaining('NIP-45') });
  });

  test('finds all at relays that return at most 20 events and do not say so', async () => {
    const result = await auditOf({ cap: 20 });
    expect(broken(result)).toEqual([]);
    expect(result).toMatchObject({ found: 253, lost: [] });
  });

  test('does not hold a refusal for good against a relay where an earlier run may have published the event', async () => {
    const record = { ...recordOf(), corpus: { ...recordOf().corpus, fingerprint: 'sha256:0' } };
    const stack = { ...record, target: { ...record.target, kind: 'stack' as const } };
    const result = await auditOf({ record: stack, stored: [...ACCEPTED, REFUSED] });
    expect(broken(result)).toEqual([]);
    expect(of(result, 'I2').reason).toContain('earlier run');
  });

  test('of a history in which nothing was acknowledged has no data', async () => {
    const result = await auditOf({
      attempts: [{ event: UNANSWERED, outcome: 'unknown', reason: 'no answer' }],
    });
    expect(of(result, 'I1')).toMatchObject({ checked: 0, reason: 'there was nothing to check' });
  });
});

describe('a planted violation', () => {
  test('a lost event is found, with the relay that has lost it and its timeline', async () => {
    const [, , lost] = RIGHT;
    const keeps: Planted['keeps'] = (right, relay) =>
      right.filter(({ id }) => relay !== 1 || id !== lost?.id);
    const result = await auditOf({ keeps });
    expect(broken(result)).toEqual(['I1']);
    expect(result).toMatchObject({ found: 252, lost: [lost?.id] });
    const [violation] = of(result, 'I1').violations;
    expect(violation).toMatchObject({ subject: lost?.id, kind: 1, what: 'lost: acknowledged and not found' });
    expect(violation?.timeline.map(({ what }) => what)).toEqual([
      'sent on connection 2, relay process 1',
      'acknowledged: OK true',
      expect.stringMatching(/^not found on ws:\/\/127\.0\.0\.1:\d+\/?, found on 1 others$/),
    ]);
  });

  test('an event that comes back with a wrong id or signature', async () => {
    const [, , altered] = RIGHT;
    const isProven = ({ id }: NostrEvent): boolean => id !== altered?.id;
    const result = await auditOf({ relays: 1, request: { isProven } });
    expect(broken(result)).toEqual(['I1']);
    expect(result).toMatchObject({ found: 252, lost: [altered?.id], proofs: { wrong: 1 } });
    const [violation] = of(result, 'I1').violations;
    expect(violation?.what).toBe('lost: acknowledged, and came back with a wrong id or signature');
    expect(violation?.timeline.at(-1)?.what).toMatch(/^found and wrong on ws:/);
  });

  test('a refused event that is visible', async () => {
    const result = await auditOf({ keeps: (right) => [...right, REFUSED] });
    expect(broken(result)).toEqual(['I2']);
    expect(of(result, 'I2').violations[0]).toMatchObject({
      subject: REFUSED.id,
      what: 'visible although it was refused',
    });
  });

  test('an event that its own connection does not read at once', async () => {
    const result = await auditOf({ relays: 1, visibleAfter: 1 });
    expect(broken(result)).toEqual(['I3']);
    expect(of(result, 'I3').violations[0]?.what).toBe('not read by the connection that has written it');
  });

  test('a stale replica: one relay process keeps the old version', async () => {
    const keeps: Planted['keeps'] = (right, relay) =>
      relay === 1 ? [...right.filter(({ id }) => id !== NEW.id), OLD] : right;
    const result = await auditOf({ keeps });
    expect(broken(result)).toEqual(['I4']);
    expect(of(result, 'I4').violations[0]).toMatchObject({
      subject: NEW.id,
      what: expect.stringMatching(
        /the newest acknowledged version of 30023:.*:article is not the one that is kept/,
      ),
    });
    expect(of(result, 'I4').violations[0]?.timeline.at(-1)?.what).toContain(OLD.id);
  });

  test('a diverging replaceable: of one second one relay process keeps the higher id', async () => {
    const keeps: Planted['keeps'] = (right, relay) =>
      relay === 0 ? [...right.filter(({ id }) => id !== PROFILE.id), TWIN] : right;
    const result = await auditOf({ keeps });
    expect(broken(result)).toEqual(['I4']);
    expect(of(result, 'I4').violations[0]?.subject).toBe(PROFILE.id);
  });

  test('a diverging replaceable: an unanswered newer version that not all relay processes have', async () => {
    const newest = madeUpEvent(2_000, { kind: 0 });
    const attempts = [...ATTEMPTS, { event: newest, outcome: 'unknown' as const, reason: 'no answer' }];
    const keeps: Planted['keeps'] = (right, relay) =>
      relay === 0 ? [...right.filter(({ kind }) => kind !== 0), newest] : right;
    const result = await auditOf({ attempts, keeps });
    expect(broken(result)).toEqual(['I4']);
    expect(of(result, 'I4').violations[0]?.what).toMatch(/^relay processes keep different versions/);
  });

  test('a resurrected deletion', async () => {
    const result = await auditOf({ keeps: (right, relay) => (relay === 0 ? [...right, DELETED] : right) });
    expect(broken(result)).toEqual(['I5']);
    expect(of(result, 'I5').violations[0]).toMatchObject({
      subject: DELETED.id,
      what: `still visible although deleted by ${DELETION.id}`,
    });
  });

  test('an expired event that is still served', async () => {
    const result = await auditOf({ keeps: (right) => [...right, EXPIRED] });
    expect(broken(result)).toEqual(['I5']);
    expect(of(result, 'I5').violations[0]?.what).toContain('expired at 1700000000');
  });

  test('a duplicate delivery and a missing one, as the run has counted them', async () => {
    const sample = recordOf();
    const counters = {
      ...sample.counters,
      deliveries_expected: 10,
      deliveries_missing: 1,
      deliveries_duplicate: 2,
    };
    const got = { atMs: 1_500, connection: 3, subscription: 's', filter: null };
    const evidence = {
      deliveries_duplicate: [{ ...got, expected: [], got: [{ id: 'a'.repeat(64), kind: 1 }] }],
    };
    const result = await auditOf({ record: { ...sample, counters, evidence } });
    expect(broken(result)).toEqual(['I6']);
    expect(of(result, 'I6')).toMatchObject({ checked: 10, violated: 3 });
    expect(of(result, 'I6').violations[0]).toMatchObject({
      subject: 'a'.repeat(64),
      what: 'delivered twice on one subscription',
      timeline: [{ atMs: 1_500 }],
    });
  });

  test('an event that was seen and then not', async () => {
    const [, , , flickering] = RIGHT;
    // There when it is looked for, and in the first reading behind that.
    let looked = 0;
    const onQuestion: Planted['onQuestion'] = ({ ids }) => {
      if (ids?.includes(flickering?.id ?? '') === true) looked++;
    };
    const keeps: Planted['keeps'] = (right) =>
      looked < 3 ? right : right.filter((each) => each !== flickering);
    const result = await auditOf({ relays: 1, keeps, onQuestion, record: recordWithout(45) });
    expect(broken(result)).toEqual(['I8']);
    expect(of(result, 'I8').violations[0]).toMatchObject({
      subject: flickering?.id,
      what: 'vanished: seen once and then not',
    });
  });

  test('a COUNT that is not what REQ returns', async () => {
    const result = await auditOf({ counts: (right) => right + 1 });
    expect(broken(result)).toEqual(['I9']);
    expect(of(result, 'I9').violations[0]?.what).toMatch(/^COUNT says \d+ and REQ returns \d+$/);
  });

  test('a second primary after the run', async () => {
    const claims = [
      { name: 'postgres-1', isPrimary: true },
      { name: 'postgres-2', isPrimary: true },
    ];
    const component = { pid: 1, cpu_s: 0, cpuShare: 0, rssMax_bytes: 0 };
    const components = claims.map(({ name }) => ({ ...component, name, role: 'Postgres replica' }));
    const result = await auditOf({ record: recordOf({ components }), request: { claims } });
    expect(broken(result)).toEqual(['I10']);
    expect(of(result, 'I10').violations[0]).toMatchObject({
      subject: 'postgres-1 and postgres-2',
      what: 'several servers take themselves for the primary',
    });
  });
});

function recordWithout(nip: number): RunRecord {
  const sample = recordOf();
  return {
    ...sample,
    target: { ...sample.target, nip11: { supported_nips: NIPS.filter((each) => each !== nip) } },
  };
}
