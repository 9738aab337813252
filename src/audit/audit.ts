import type { VerifierChoice } from '../base/verifier-choice.ts';
import { advertisedOf } from '../judge/advertised.ts';
import { Ledger, type LedgerOptions } from '../judge/history/ledger.ts';
import type { Invariant } from '../metric/invariants.ts';
import { openVerifier } from '../nostr/verifier.ts';
import type { Audit, AuditOfEdges } from '../record/audit-schema.ts';
import type { RunRecord } from '../record/schema.ts';
import { Askable } from './askable.ts';
import { compareCounts } from './counts.ts';
import { type AuditedEdges, asFarAsAsked, checkEdges, type EdgesChecked } from './edges.ts';
import { FoundProofs, type IsProven, provenBy } from './found-proofs.ts';
import { fromRecord, type PrimaryClaim, watchedReads } from './from-record.ts';
import { readOperations } from './history-file.ts';
import { Patience } from './patience.ts';
import { type ProbeRequest, probe } from './probe.ts';
import { type ReadAgainRequest, readAgain } from './read-again.ts';
import { type ReadBack, readBack } from './read-back.ts';
import { type Access, type AskedRelay, closeAll, openRelays, patientRelays } from './relays.ts';
import { type AddressCase, readVersions, type VersionsRead } from './versions.ts';
import { type Checked, type Clock, inOrder, notChecked, together } from './violation.ts';

export interface AuditRequest {
  /** The history of the run. */
  readonly file: string;
  /** The record of the run: what its relays say of themselves, and what it has counted. */
  readonly record: RunRecord;
  /** Every relay process: what one of them does not have is lost. */
  readonly urls: readonly string[];
  /** What clients were connected to, where that is none of `urls`. */
  readonly entries?: readonly string[];
  /** What serves what `urls` keep: they have to serve it too, not older than a bound. */
  readonly edges?: AuditedEdges | undefined;
  readonly insecure: boolean;
  /** What checks the signatures of what comes back; default `auto`. */
  readonly verifier?: VerifierChoice;
  /** Tests with made-up events replace it; default: by the NIPs. */
  readonly isProven?: IsProven;
  /** By which address the relays want to be authenticated to (NIP-42); their own where left out. */
  readonly authUrl?: string | undefined;
  /** Whether a few events may be published to see whether they are read at once; null and why not otherwise. */
  readonly probing: { readonly events: number } | { readonly reason: string };
  /** What the databases say of themselves after the run; null where nobody knows them. */
  readonly claims?: readonly PrimaryClaim[] | null;
  readonly timing?: Partial<AuditTiming>;
  readonly onProgress?: (checked: number) => void;
  readonly signal?: AbortSignal;
}

/** How long the parts of an audit may take, in milliseconds. */
export interface AuditTiming {
  /** Waits before what is wrong is looked at again. */
  readonly retryAfterMs: readonly number[];
  /** What can't be connected to is tried again for so long. */
  readonly patienceMs: number;
  /** Reading back stops then, and the record says so. */
  readonly limitMs: number;
  readonly countAgainAfterMs: number;
}

const TIMING: AuditTiming = {
  retryAfterMs: [200, 1_000, 3_000],
  patienceMs: 0,
  limitMs: 300_000,
  countAgainAfterMs: 500,
};

/** Ids of one question: below what relays allow, a message of 7 KB. */
const BATCH = 100;
/** A record names at most so many lost events; the counts are exact. */
const MOST_NAMED = 1_000;
const COUNT_NIP = 45;
/** Events of the audit's own that each relay takes where there are edges: each is a way to the origin and back. */
const EDGE_PROBES = 10;
/** Versions that are read again and again besides other events. */
const MOST_VERSIONS_READ = 50;

/**
 * Checks the invariants I1 to I10 of a finished run: reads every event of its history back over connections of its own, from
 * every relay process, and adds what the run itself has watched.
 * @throws RelayBenchError `AUDIT_FAILED` (exit 3) where a relay can't be asked; `AUDIT_FILE_INVALID`; `VERIFIER_UNAVAILABLE`
 */
export async function audit(request: AuditRequest): Promise<Audit> {
  const beganMs = performance.now();
  const { kind, library, reason, verifies } = openVerifier(request.verifier ?? 'auto');
  const ledger = await learn(request);
  const proofs = new FoundProofs(request.isProven ?? provenBy(verifies));
  const access = { ...request, patienceMs: timingOf(request).patienceMs, proofs };
  const asked = await openAll(request, access);
  try {
    const { acknowledged, lost, checked, edges } = await check({ request, ledger, ...asked });
    return {
      acknowledged,
      found: acknowledged - lost.length,
      lost: lost.slice(0, MOST_NAMED),
      relays: request.urls.length,
      ...(edges === null ? {} : { edges }),
      history: { ...ledger.tally },
      proofs: { ...proofs.tally, verifier: { kind, library, reason } },
      durationMs: Math.round(performance.now() - beganMs),
      invariants: inOrder({ ...checked, ...fromRecord(request.record, request.claims ?? null) }),
    };
  } finally {
    closeAll(Object.values(asked).flat());
  }
}

/** Everything that is asked, connected. */
interface Asked {
  readonly relays: readonly AskedRelay[];
  readonly entries: readonly AskedRelay[];
  readonly edges: readonly AskedRelay[];
}

/** What stands before edges may be away as they may. */
async function openAll({ urls, entries = [], edges }: AuditRequest, access: Access): Promise<Asked> {
  if (edges === undefined) {
    const all = await openRelays([...urls, ...entries], access);
    return { relays: all.slice(0, urls.length), entries: all.slice(urls.length), edges: [] };
  }
  const patient = { ...access, patienceMs: edges.staleMaxMs };
  return {
    relays: await openRelays(urls, access),
    entries: patientRelays(
      entries.map((url) => ({ url })),
      patient,
    ),
    edges: patientRelays(edges.edges, patient),
  };
}

async function learn({ file, record, signal }: AuditRequest): Promise<Ledger> {
  const ledger = new Ledger(knowledgeOf(record));
  for await (const operation of readOperations(file)) {
    signal?.throwIfAborted();
    ledger.learn(operation);
  }
  return ledger;
}

/** The events of a named corpus may be those of an earlier run, unless the relay or their salt is of this run alone. */
function knowledgeOf({ target, corpus, runId }: RunRecord): LedgerOptions {
  const isSignedForRun = corpus.fingerprint.startsWith(SIGNED_FOR_RUN) || corpus.salt === runId;
  return {
    areIdsNew: isSignedForRun || target.kind === 'embedded',
    nips: advertisedOf(target.nip11).nips,
  };
}

/** What the fingerprint of events that no other run has begins with. */
const SIGNED_FOR_RUN = 'fresh:';

interface Checking extends Asked {
  readonly request: AuditRequest;
  readonly ledger: Ledger;
}

interface CheckedAll {
  /** Acknowledged events that must be there: regular ones, and the newest version of each address. */
  readonly acknowledged: number;
  /** Of them, the ids of those that are missing somewhere. */
  readonly lost: readonly string[];
  readonly checked: Partial<Record<Invariant, Checked>>;
  /** Null where there are no edges. */
  readonly edges: AuditOfEdges | null;
}

async function check({ request, ledger, relays, ...asked }: Checking): Promise<CheckedAll> {
  const [edges, entries] = [new Askable(asked.edges), new Askable(asked.entries)];
  const { record, onProgress, signal, edges: audited, probing } = request;
  const { limitMs, retryAfterMs, countAgainAfterMs } = timingOf(request);
  const { maxLimit, nips } = advertisedOf(record.target.nip11);
  const clock = clockOf(record);
  const batch = Math.min(BATCH, maxLimit ?? BATCH);
  const shared = {
    relays,
    clock,
    patience: new Patience(retryAfterMs),
    deadlineMs: performance.now() + limitMs,
  };
  const { areIdsNew } = knowledgeOf(record);
  const mayHaveRefused = areIdsNew ? null : 'an earlier run may have published the same corpus';
  const reading = { ...shared, file: request.file, ledger, batch, mayHaveRefused, onProgress, signal };
  const read = await readBack(reading);
  const cases = addressesOf(ledger);
  const versions = await readVersions(cases, shared);
  const quiet = 'events' in probing ? null : probing.reason;
  const asking = { audited, relays, edges, quiet, retryAfterMs, limitMs };
  const atEdges = await checkEdges(asking, { ...reading, cases });
  const present = [...versions.kept.slice(0, MOST_VERSIONS_READ), ...read.present];
  return {
    acknowledged: read.acknowledged + versions.I4.checked,
    lost: lostOf(read, versions, atEdges),
    checked: {
      ...readBackOf(read, versions, atEdges),
      ...(await readNow({ request, relays, edges, entries, clock, present, batch })),
      I9: await compareCounts({
        // Edges hand a COUNT on.
        ...{ relays, maxLimit, clock, againAfterMs: countAgainAfterMs },
        ids: present.map(({ facts }) => facts.id),
        areCountsKnown: nips?.includes(COUNT_NIP) === true,
      }),
    },
    edges: atEdges === null ? null : { ...atEdges.audit, ...awayOf([edges, entries]) },
  };
}

function lostOf(read: ReadBack, versions: VersionsRead, atEdges: EdgesChecked | null): string[] {
  const outdated = versions.lost.map(({ facts }) => facts.id);
  return [...new Set([...read.lost, ...outdated, ...(atEdges?.read.lost ?? [])])];
}

/** What reading back has shown, on relay processes and on edges. */
function readBackOf(
  { I1, I2, I5 }: ReadBack,
  { I4 }: VersionsRead,
  atEdges: EdgesChecked | null,
): CheckedAll['checked'] {
  if (atEdges === null) return { I1, I2, I4, I5 };
  const { read, probed, notAsked } = atEdges;
  const known = (first: Checked, ...others: readonly (Checked | undefined)[]): Checked =>
    asFarAsAsked(others.reduce<Checked>(together, first), notAsked);
  return {
    I1: known(I1, read.I1),
    I2: known(I2, read.I2),
    I4: known(I4, read.I4, probed?.I4),
    I5: known(I5, read.I5, probed?.I5),
  };
}

interface ReadingNow extends Omit<ReadAgainRequest, 'relays'> {
  readonly request: AuditRequest;
  readonly relays: readonly AskedRelay[];
  readonly edges: Askable;
  readonly entries: Askable;
}

/** What connections read now: their own events, and what they have read before. */
async function readNow({
  request,
  relays,
  edges,
  entries,
  ...shared
}: ReadingNow): Promise<CheckedAll['checked']> {
  const { clock } = shared;
  const I3 = await edges.with((each) => ownReads(request, { relays: [...relays, ...each], clock }));
  const awayBefore = [...edges.notAsked];
  const I8 = await edges.with((each) =>
    entries.with((before) => readAgain({ relays: [...relays, ...each, ...before], ...shared })),
  );
  return {
    I3: asFarAsAsked(I3, awayBefore),
    I8: asFarAsAsked(I8, [...edges.notAsked, ...entries.notAsked]),
  };
}

function awayOf(places: readonly Askable[]): Pick<AuditOfEdges, 'notAsked'> {
  const notAsked = places.flatMap((each) => each.notAsked);
  return notAsked.length === 0 ? {} : { notAsked };
}

async function ownReads({ probing, record, edges }: AuditRequest, shared: ProbeRequest): Promise<Checked> {
  if (!('events' in probing)) return notChecked(probing.reason);
  const most = edges === undefined ? probing.events : EDGE_PROBES * shared.relays.length;
  const events = Math.min(probing.events, most);
  const checked = await probe({ ...shared, events });
  const watched = watchedReads(record);
  return watched === null ? checked : { ...checked, basis: `${checked.basis}; ${watched}` };
}

function addressesOf(ledger: Ledger): AddressCase[] {
  const now_s = Math.floor(Date.now() / 1_000);
  return [...ledger.addresses(now_s)].map(([address, { newest }]) => ({ address, newest }));
}

function clockOf({ startedAt }: RunRecord): Clock {
  const startMs = Date.parse(startedAt);
  return { nowMs: () => Date.now() - startMs };
}

function timingOf({ timing }: AuditRequest): AuditTiming {
  return { ...TIMING, ...timing };
}
