import { describe, expect, onTestFinished, test } from 'vitest';
import { type AuditRequest, audit } from '../../../src/audit/audit.ts';
import { probeEdges } from '../../../src/audit/edge-probe.ts';
import type { Invariant } from '../../../src/metric/invariants.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import { type Filter, FilterMatcher } from '../../../src/nostr/filter.ts';
import type { Audit, Violation } from '../../../src/record/audit-schema.ts';
import { fakeRelay } from '../../support/fake-connection.ts';
import { type Attempt, historyFile, madeUpEvent } from '../../support/histories.ts';
import { type PlantedFaults, startPlantedRelays, visibleOf } from '../../support/planted-relays.ts';
import { sampleRecord } from '../../support/sample-record.ts';

// Violations are planted into one of two edges of an origin that is right; each has to be found, and named with its edge.

const NOTES = Array.from({ length: 120 }, (_, n) => madeUpEvent(n));
const LOST = NOTES[50] as NostrEvent;
const DELETED = madeUpEvent(1_001);
const DELETION = madeUpEvent(1_002, { kind: 5, tags: [['e', DELETED.id]] });
const EXPIRED = madeUpEvent(1_003, { tags: [['expiration', '1700000000']] });
const OLD = madeUpEvent(1_005, { kind: 0 });
const NEW = madeUpEvent(1_006, { kind: 0 });
const REFUSED = madeUpEvent(1_007);

const ATTEMPTS: readonly Attempt[] = [
  ...[...NOTES, DELETED, DELETION, EXPIRED, OLD, NEW].map((event) => ({ event })),
  { event: REFUSED, outcome: 'refused', reason: 'blocked' },
];
const ACCEPTED = ATTEMPTS.filter(({ outcome }) => outcome === undefined).map(({ event }) => event);
/** The second of the three relays that are started: the first is the origin. */
const EDGE_1 = 1;
const STALE_MAX_MS = 40;
const QUIET = { probing: { reason: 'nothing is published without --probe' } } as const;

async function auditOf(
  keeps: PlantedFaults['keeps'] = (right) => right,
  request: Partial<AuditRequest> = {},
  onQuestion: (filter: Filter) => void = () => undefined,
  { staleMaxMs = STALE_MAX_MS, ...faults }: PlantedFaults & { readonly staleMaxMs?: number } = {},
): Promise<Audit> {
  const relays = await startPlantedRelays(3, ACCEPTED, { keeps, onQuestion, ...faults });
  onTestFinished(() => relays.stop());
  const [origin, ...edges] = relays.urls;
  const sample = sampleRecord('pass');
  return await audit({
    file: await historyFile(ATTEMPTS),
    record: {
      ...sample,
      corpus: { ...sample.corpus, fingerprint: 'fresh:notes' },
      target: { ...sample.target, nip11: { supported_nips: [1, 9, 11, 40, 45] } },
      faults: [],
    },
    urls: [origin ?? ''],
    edges: {
      edges: edges.map((url, at) => ({ name: `edge-${at + 1}`, url })),
      staleMaxMs,
    },
    insecure: false,
    isProven: () => true,
    probing: { events: 6 },
    timing: { retryAfterMs: [1, 2, 3], patienceMs: 0, countAgainAfterMs: 1 },
    ...request,
  });
}

function broken({ invariants = [] }: Audit): string[] {
  return invariants.filter(({ violated }) => violated > 0).map(({ id }) => id);
}

function violations({ invariants = [] }: Audit, id: Invariant): readonly Violation[] {
  return invariants.find((each) => each.id === id)?.violations ?? [];
}

/** What an audit says last of a violation of an invariant. */
function lastOf(result: Audit, id: Invariant): string {
  return violations(result, id)[0]?.timeline.at(-1)?.what ?? '';
}

describe('the audit of an origin and its edges', () => {
  test('finds nothing where all are right, and measures how long edges serve what is old', async () => {
    const result = await auditOf();
    expect(broken(result)).toEqual([]);
    expect(result).toMatchObject({ acknowledged: 122, found: 122, lost: [], relays: 1 });
    expect(result.edges).toMatchObject({
      names: ['edge-1', 'edge-2'],
      staleMax_ms: STALE_MAX_MS,
      staleness: { samples: 40 },
      reason: null,
    });
    const [I1, , , I4] = result.invariants ?? [];
    expect(I1).toMatchObject({
      checked: 242,
      basis: 'read by id from the relay; read by id from each of 2 edges, at most 0.04 s behind',
    });
    expect(I4?.checked).toBe(22);
  });

  test('names the edge that has lost an event', async () => {
    const result = await auditOf((right, relay) =>
      relay === EDGE_1 ? right.filter((event) => event !== LOST) : right,
    );
    expect(broken(result)).toEqual(['I1']);
    expect(result).toMatchObject({ found: 121, lost: [LOST.id] });
    expect(lastOf(result, 'I1')).toMatch(/^not found on edge-1 \(ws:.*\), found on 1 others$/);
  });

  test('names the edge that serves what was deleted', async () => {
    const result = await auditOf((right, relay) => (relay === EDGE_1 ? [...right, DELETED] : right));
    expect(broken(result)).toEqual(['I5']);
    expect(violations(result, 'I5')[0]).toMatchObject({
      subject: DELETED.id,
      what: `still visible although deleted by ${DELETION.id}`,
    });
    expect(lastOf(result, 'I5')).toMatch(/^found on edge-1 \(ws:.*\), not on 1 others$/);
  });

  test('names the edge that serves what has expired, and what was refused', async () => {
    const result = await auditOf((right, relay) => (relay === EDGE_1 ? [...right, EXPIRED, REFUSED] : right));
    expect(broken(result)).toEqual(['I2', 'I5']);
    expect(lastOf(result, 'I2')).toContain('found on edge-1');
  });

  test('names the edge that keeps an old version of a replaceable event', async () => {
    const result = await auditOf((right, relay) =>
      relay === EDGE_1 ? right.map((event) => (event === NEW ? OLD : event)) : right,
    );
    expect(broken(result)).toEqual(['I4']);
    expect(result.lost).toEqual([NEW.id]);
    expect(lastOf(result, 'I4')).toMatch(/on edge-1 \(ws:[^;]*$/);
  });

  test('asks edges for one address alone, as clients do: what they hold depends on the question', async () => {
    const asked: Filter[] = [];
    await auditOf(undefined, QUIET, (filter) => void asked.push(filter));
    expect(asked).toContainEqual({ kinds: [0], authors: [NEW.pubkey], limit: 1 });
  });

  test('names the edge on which an event vanishes that it has shown', async () => {
    let asked = 0;
    const result = await auditOf(
      (right, relay) => (relay === EDGE_1 && asked > 9 ? right.filter((event) => event !== LOST) : right),
      {},
      ({ ids }) => {
        if (ids?.includes(LOST.id) === true) asked++;
      },
    );
    expect(broken(result)).toEqual(['I8']);
    expect(lastOf(result, 'I8')).toContain('seen on edge-1');
  });

  test('gives an edge the time that it may be behind', async () => {
    const untilMs = performance.now() + 1_000;
    const result = await auditOf(
      (right, relay) => (relay === EDGE_1 && performance.now() < untilMs ? [...right, DELETED] : right),
      QUIET,
      undefined,
      { staleMaxMs: 60_000 },
    );
    expect(broken(result)).toEqual([]);
    expect(performance.now()).toBeGreaterThan(untilMs);
  });

  test('asks an edge again that could not answer, or whose connection broke', async () => {
    let [closed, broken_] = [0, 0];
    const result = await auditOf(undefined, QUIET, undefined, {
      staleMaxMs: 60_000,
      closes: (relay) =>
        relay === EDGE_1 && ++closed % 3 === 1 ? 'error: the origin cannot be reached' : null,
      onConnection: (socket, relay) => {
        if (relay === EDGE_1 && ++broken_ === 1) socket.once('message', () => socket.terminate());
      },
    });
    expect(closed).toBeGreaterThan(3);
    expect(broken(result)).toEqual([]);
    expect(result.edges?.notAsked).toBeUndefined();
    expect(result.invariants?.[0]).toMatchObject({ id: 'I1', checked: 242, reason: null });
  });

  test.each([
    ['does not answer', 'error: the origin cannot be reached', STALE_MAX_MS],
    ['refuses', 'restricted: members only', 60_000],
  ])('keeps what the others have shown where an edge %s, and says so', async (_what, message, staleMaxMs) => {
    const result = await auditOf(undefined, QUIET, undefined, {
      staleMaxMs,
      closes: (relay) => (relay === EDGE_1 ? message : null),
    });
    const away = expect.stringMatching(/^edge-1 \(ws:.*\) could not be asked: the relay closed the query: /);
    expect(result).toMatchObject({ acknowledged: 122, found: 122, lost: [], edges: { notAsked: [away] } });
    expect(broken(result)).toEqual([]);
    for (const id of ['I1', 'I4', 'I5', 'I8'] as const) {
      const invariant = result.invariants?.find((each) => each.id === id);
      expect(invariant).toMatchObject({ violated: 0, reason: away });
    }
    // The origin and the other edge.
    expect(result.invariants?.[0]?.checked).toBe(242);
  });

  test('keeps what the origin has shown where no edge is there', async () => {
    const edges = [1, 2].map((at) => ({ name: `edge-${at}`, url: `ws://127.0.0.1:${at}/` }));
    const result = await auditOf(undefined, { edges: { edges, staleMaxMs: 10 } });
    expect(result.edges?.notAsked).toHaveLength(2);
    expect(result.invariants?.[0]).toMatchObject({ id: 'I1', checked: 121, violated: 0 });
    expect(result.invariants?.[0]?.reason).toContain('edge-2');
  });

  test('publishes nothing where it may not, and says that nothing was measured', async () => {
    const result = await auditOf(undefined, QUIET);
    expect(result.edges).toMatchObject({
      staleness: null,
      reason: 'nothing is published without --probe',
    });
  });
});

/** An origin without a connection, and an edge that serves what it is told to serve. */
function originAndEdge(serves: (published: readonly NostrEvent[]) => readonly NostrEvent[]) {
  const published: NostrEvent[] = [];
  const publish = (event: NostrEvent) => {
    published.push(event);
    return Promise.resolve({ accepted: true, message: '' });
  };
  const query = (filter: Filter) => {
    const matcher = new FilterMatcher(filter);
    return Promise.resolve(serves(published).filter((event) => matcher.matches(event)));
  };
  return { origin: fakeRelay({ publish }, 'origin'), edge: fakeRelay({ query }, 'edge-1') };
}

describe('what the audit changes at the origin', () => {
  const clock = { nowMs: () => 0 };
  const probeOf = (serves: Parameters<typeof originAndEdge>[0], { rounds = 2, staleMaxMs = 60_000 } = {}) => {
    const { origin, edge } = originAndEdge(serves);
    return probeEdges({ origin, edges: [edge], clock, staleMaxMs, rounds });
  };

  test('is measured until an edge serves nothing older', async () => {
    let [known, looks] = [0, 0];
    const { staleness, I4, I5, reason } = await probeOf((published) => {
      looks = published.length === known ? looks + 1 : 1;
      known = published.length;
      return visibleOf(looks < 3 ? published.slice(0, -1) : published);
    });
    expect([I4.violated, I5.violated, reason]).toEqual([0, 0, null]);
    expect(staleness?.samples).toBe(4);
    expect(staleness?.max_ms).toBeGreaterThan(0);
  });

  test('is a violation where an edge goes on serving the old version beyond its bound', async () => {
    const { I4, I5 } = await probeOf(
      (published) => {
        const versions = published.filter(({ kind }) => kind === 30_078);
        return [...versions.slice(0, 1), ...visibleOf(published.filter(({ kind }) => kind !== 30_078))];
      },
      { staleMaxMs: 30 },
    );
    expect([I4.violated, I5.violated]).toEqual([1, 0]);
    expect(I4.violations[0]).toMatchObject({
      kind: 30_078,
      what: 'stale on an edge: replaced at the origin and served all the same',
    });
    expect(I4.violations[0]?.timeline.at(-1)?.what).toBe(
      'still served by edge-1, which may be 0.03 s behind',
    );
  });

  test('is a violation where what was deleted comes back', async () => {
    let looks = 0;
    const { I5 } = await probeOf(
      (published) => {
        const isDeleted = published.some(({ kind }) => kind === 5);
        return isDeleted && ++looks > 2 ? published : visibleOf(published);
      },
      { rounds: 1 },
    );
    expect(I5.violated).toBe(1);
    expect(I5.violations[0]?.what).toContain('resurrected on an edge');
    expect(I5.violations[0]?.timeline.at(-1)?.what).toBe('gone, and served again by edge-1');
  });

  test('is not measured where an edge has never served it, and it says so', async () => {
    const published: NostrEvent[] = [];
    const { staleness, I4, I5, reason } = await probeOf(
      (all) => {
        published.splice(0, published.length, ...all);
        return [];
      },
      { staleMaxMs: 30 },
    );
    expect([staleness, I4.checked, I5.checked]).toEqual([null, 0, 0]);
    expect(reason).toBe('edge-1 did not serve within 0.03 s what the origin had acknowledged');
    expect([I4.reason, I5.reason]).toEqual([reason, reason]);
    expect(I4.isCut).toBe(true);
    // One round of the two that were wanted: each would have to wait.
    expect(published).toHaveLength(3);
  });

  test('is measured on those edges that have served it', async () => {
    const { origin, edge } = originAndEdge(visibleOf);
    const empty = fakeRelay({}, 'edge-2');
    const probed = await probeEdges({ origin, edges: [empty, edge], clock, staleMaxMs: 30, rounds: 5 });
    expect(probed.staleness?.samples).toBe(2);
    expect(probed.I4).toMatchObject({ checked: 1, violated: 0, isCut: true });
    expect(probed.I4.reason).toContain('edge-2');
  });

  test('is not judged where the origin refuses it, and it says why', async () => {
    const publish = () => Promise.resolve({ accepted: false, message: 'blocked: members only' });
    const probed = await probeEdges({
      ...{ origin: fakeRelay({ publish }), edges: [fakeRelay({})], clock },
      staleMaxMs: 30,
    });
    expect(probed).toMatchObject({
      staleness: null,
      reason: 'the origin refuses the events of the audit: blocked: members only',
    });
  });
});
