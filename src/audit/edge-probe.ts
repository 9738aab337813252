import { setTimeout as sleep } from 'node:timers/promises';
import type { NostrEvent } from '../nostr/event.ts';
import type { Filter } from '../nostr/filter.ts';
import { type Draft, newSigner } from '../nostr/new-key.ts';
import type { Violation } from '../record/audit-schema.ts';
import { type AskedRelay, askAll } from './relays.ts';
import { type Summary, summaryOf } from './summary.ts';
import { type Checked, type Clock, checkedBy, notChecked } from './violation.ts';

export interface EdgeProbeRequest {
  readonly origin: AskedRelay;
  readonly edges: readonly AskedRelay[];
  readonly clock: Clock;
  /** How old what the edges serve may be, in milliseconds: they are given so long. */
  readonly staleMaxMs: number;
  /** Newer versions, and as many deletions. */
  readonly rounds?: number;
}

export interface EdgeProbed {
  /** Of newer versions and of deletions. */
  readonly I4: Checked;
  readonly I5: Checked;
  /** From the OK of the origin until an edge served nothing older; null where nothing could be measured. */
  readonly staleness: Summary | null;
  /** Why nothing was measured. */
  readonly reason: string | null;
}

const ROUNDS = 10;
const POLL_MS = 5;
/** What was seen gone is asked for again so often, and must stay away. */
const LOOKS_AFTER = 3;
const LOOK_GAP_MS = 50;
/** Relays that know NIP-40 may forget the events of an audit then, in seconds. */
const KEPT_S = 3_600;
/** Application data (NIP-78): shown to nobody. */
const VERSIONED_KIND = 30_078;
const NOTE_KIND = 1;
const DELETION_KIND = 5;

/** What is changed at the origin while edges hold what it was before. */
interface Change {
  readonly invariant: 'I4' | 'I5';
  readonly before: NostrEvent;
  readonly change: NostrEvent;
  /** Under which edges hold it. */
  readonly filter: Filter;
}

/** What became of a change on one edge. */
interface Seen {
  readonly edge: AskedRelay;
  readonly change: Change;
  /** Until it was served no more; null where it was served all the time. */
  readonly lagMs: number | null;
  /** Whether it was served again later. */
  isBack: boolean;
  readonly okAtMs: number;
  readonly foundAtMs: number;
}

/**
 * I4 and I5 of edges: what they hold is replaced or deleted at the origin, and asked for again and again until they know. The
 * events are the audit's own.
 */
export async function probeEdges(request: EdgeProbeRequest): Promise<EdgeProbed> {
  const { rounds = ROUNDS, edges } = request;
  const all: Probing = { seen: [], without: new Set() };
  for (let round = 0; round < rounds && edges.length > 0; round++) {
    const refusal = await probeRound(request, all);
    if (refusal !== null) return refused(refusal);
    // What waits for the bound once needs not wait for it again.
    if (all.seen.some(isWrong) || all.without.size > 0) break;
  }
  return await resultOf(all, request);
}

/** What was seen so far, and the names of edges that have not served what was to be changed. */
interface Probing {
  readonly seen: Seen[];
  readonly without: Set<string>;
}

/** Why the origin refuses; null where it does not. */
async function probeRound(request: EdgeProbeRequest, { seen, without }: Probing): Promise<string | null> {
  for (const change of [replacement(), deletion()]) {
    const outcome = await probeOnce(change, request);
    if (typeof outcome === 'string') return outcome;
    seen.push(...outcome.seen);
    for (const { name } of outcome.without) without.add(name);
  }
  return null;
}

async function resultOf({ seen, without }: Probing, request: EdgeProbeRequest): Promise<EdgeProbed> {
  await lookAfter(seen);
  const lags = seen.flatMap(({ lagMs }) => (lagMs === null ? [] : [lagMs]));
  const staleness = lags.length === 0 ? null : summaryOf(lags);
  const unheld = without.size === 0 ? null : unheldText([...without], request);
  const reason = staleness === null ? (unheld ?? 'no edge has served a change') : null;
  const all = { seen, unheld };
  return { I4: checkedOf(all, 'I4', request), I5: checkedOf(all, 'I5', request), staleness, reason };
}

/** That edges did not serve what was to be changed. */
function unheldText(names: readonly string[], { staleMaxMs }: EdgeProbeRequest): string {
  return `${names.join(', ')} did not serve within ${staleMaxMs / 1_000} s what the origin had acknowledged`;
}

function refused(message: string): EdgeProbed {
  const reason = `the origin refuses the events of the audit: ${message}`;
  return { I4: notChecked(reason), I5: notChecked(reason), staleness: null, reason };
}

function replacement(): Change {
  const sign = newSigner();
  const version = (at: number): NostrEvent => sign(draft(VERSIONED_KIND, at, [['d', 'relay-bench']]));
  const [before, change] = [version(now_s() - 1), version(now_s())];
  return { invariant: 'I4', before, change, filter: { kinds: [VERSIONED_KIND], authors: [before.pubkey] } };
}

function deletion(): Change {
  const sign = newSigner();
  const before = sign(draft(NOTE_KIND, now_s(), []));
  const change = sign(draft(DELETION_KIND, now_s(), [['e', before.id]]));
  return { invariant: 'I5', before, change, filter: { kinds: [NOTE_KIND], authors: [before.pubkey] } };
}

function draft(kind: number, created_at: number, tags: readonly string[][]): Draft {
  const own = [
    ['client', 'relay-bench'],
    ['expiration', String(created_at + KEPT_S)],
  ];
  return { kind, created_at, tags: [...tags, ...own], content: '' };
}

function now_s(): number {
  return Math.floor(Date.now() / 1_000);
}

/** What one change has shown. */
interface Round {
  readonly seen: readonly Seen[];
  /** Edges that never served what was to be changed: nothing is known of them. */
  readonly without: readonly AskedRelay[];
}

/** A text where the origin refuses. */
async function probeOnce(change: Change, request: EdgeProbeRequest): Promise<Round | string> {
  const { origin, edges, clock, staleMaxMs } = request;
  const refusal = await publish(origin, change.before);
  if (refusal !== null) return refusal;
  const held = await askAll(edges, (edge) => holds(edge, change, staleMaxMs));
  const late = await publish(origin, change.change);
  if (late !== null) return late;
  const okMs = performance.now();
  const okAtMs = clock.nowMs();
  const holding = edges.filter((_, at) => held[at] === true);
  const seen = await askAll(holding, async (edge) => {
    const lagMs = await goneAfter(edge, change, { okMs, staleMaxMs });
    return { edge, change, lagMs, isBack: false, okAtMs, foundAtMs: clock.nowMs() };
  });
  return { seen, without: edges.filter((_, at) => held[at] !== true) };
}

/** Null where it was taken, else why not. */
async function publish(origin: AskedRelay, event: NostrEvent): Promise<string | null> {
  const [answer] = await askAll([origin], ({ connection }) => connection.publish(event));
  return answer?.accepted === true ? null : (answer?.message ?? '');
}

/** Asks until the edge serves it, and so holds it. @returns false where it does not come to that */
async function holds(edge: AskedRelay, { before, filter }: Change, mostMs: number): Promise<boolean> {
  const untilMs = performance.now() + mostMs;
  for (;;) {
    if (await serves(edge, filter, before)) return true;
    if (performance.now() > untilMs) return false;
    await sleep(POLL_MS);
  }
}

async function serves({ connection }: AskedRelay, filter: Filter, event: NostrEvent): Promise<boolean> {
  return (await connection.query(filter)).some(({ id }) => id === event.id);
}

async function goneAfter(
  edge: AskedRelay,
  { before, filter }: Change,
  { okMs, staleMaxMs }: { readonly okMs: number; readonly staleMaxMs: number },
): Promise<number | null> {
  for (;;) {
    const isServed = await serves(edge, filter, before);
    const lagMs = performance.now() - okMs;
    if (!isServed) return lagMs;
    if (lagMs > staleMaxMs) return null;
    await sleep(POLL_MS);
  }
}

/** Asks again for everything that was gone. */
async function lookAfter(seen: readonly Seen[]): Promise<void> {
  const gone = seen.filter(({ lagMs }) => lagMs !== null);
  for (let look = 0; look < LOOKS_AFTER; look++) {
    await sleep(LOOK_GAP_MS);
    for (const each of gone) {
      const { edge, change } = each;
      const [isServed] = await askAll([edge], () => serves(edge, change.filter, change.before));
      each.isBack ||= isServed === true;
    }
  }
}

function isWrong({ lagMs, isBack }: Seen): boolean {
  return lagMs === null || isBack;
}

const BASIS = {
  I4: 'versions of the audit, replaced at the origin while the edges held them',
  I5: 'notes of the audit, deleted at the origin while the edges held them',
} as const;

/** @param all with why some edges were left out; null where none was */
function checkedOf(
  all: { readonly seen: readonly Seen[]; readonly unheld: string | null },
  invariant: Change['invariant'],
  { staleMaxMs }: EdgeProbeRequest,
): Checked {
  const seen = all.seen.filter(({ change }) => change.invariant === invariant);
  const violations = seen.filter(isWrong).map((each) => violationOf(each, staleMaxMs));
  return checkedBy({
    ...{ checked: seen.length, violations, basis: BASIS[invariant] },
    ...{ reason: all.unheld, isCut: all.unheld !== null },
  });
}

const WORDS = {
  I4: { what: 'stale on an edge', done: 'replaced' },
  I5: { what: 'resurrected on an edge', done: 'deleted' },
} as const;

function violationOf({ edge, change, isBack, okAtMs, foundAtMs }: Seen, staleMaxMs: number): Violation {
  const { what, done } = WORDS[change.invariant];
  const still = `still served by ${edge.name}, which may be ${staleMaxMs / 1_000} s behind`;
  return {
    subject: change.before.id,
    kind: change.before.kind,
    what: `${what}: ${done} at the origin and served all the same`,
    timeline: [
      { atMs: Math.round(okAtMs), what: `${done} by ${change.change.id}: OK true of the origin` },
      { atMs: Math.round(foundAtMs), what: isBack ? `gone, and served again by ${edge.name}` : still },
    ],
  };
}
