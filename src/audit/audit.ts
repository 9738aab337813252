import type { VerifierChoice } from '../base/verifier-choice.ts';
import { advertisedOf } from '../judge/advertised.ts';
import { Ledger, type LedgerOptions } from '../judge/history/ledger.ts';
import type { Invariant } from '../metric/invariants.ts';
import { openVerifier } from '../nostr/verifier.ts';
import type { Audit } from '../record/audit-schema.ts';
import type { RunRecord } from '../record/schema.ts';
import { compareCounts } from './counts.ts';
import { FoundProofs, type IsProven, provenBy } from './found-proofs.ts';
import { fromRecord, type PrimaryClaim, watchedReads } from './from-record.ts';
import { readOperations } from './history-file.ts';
import { Patience } from './patience.ts';
import { type ProbeRequest, probe } from './probe.ts';
import { readAgain } from './read-again.ts';
import { readBack } from './read-back.ts';
import { type AskedRelay, closeAll, openRelays } from './relays.ts';
import { type AddressCase, readVersions } from './versions.ts';
import { type Checked, type Clock, inOrder, notChecked } from './violation.ts';

export interface AuditRequest {
  /** The history of the run. */
  readonly file: string;
  /** The record of the run: what its relays say of themselves, and what it has counted. */
  readonly record: RunRecord;
  /** Every relay process: what one of them does not have is lost. */
  readonly urls: readonly string[];
  /** What clients were connected to, where that is none of `urls`. */
  readonly entries?: readonly string[];
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
  const relays = await openRelays(request.urls, access);
  try {
    const entries = await openRelays(request.entries ?? [], access);
    try {
      const found = await check({ request, ledger, relays, entries });
      const { acknowledged, lost, checked } = found;
      return {
        acknowledged,
        found: acknowledged - lost.length,
        lost: lost.slice(0, MOST_NAMED),
        relays: request.urls.length,
        history: { ...ledger.tally },
        proofs: { ...proofs.tally, verifier: { kind, library, reason } },
        durationMs: Math.round(performance.now() - beganMs),
        invariants: inOrder({ ...checked, ...fromRecord(request.record, request.claims ?? null) }),
      };
    } finally {
      closeAll(entries);
    }
  } finally {
    closeAll(relays);
  }
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

interface Checking {
  readonly request: AuditRequest;
  readonly ledger: Ledger;
  readonly relays: readonly AskedRelay[];
  readonly entries: readonly AskedRelay[];
}

interface CheckedAll {
  /** Acknowledged events that must be there: regular ones, and the newest version of each address. */
  readonly acknowledged: number;
  /** Of them, the ids of those that are missing somewhere. */
  readonly lost: readonly string[];
  readonly checked: Partial<Record<Invariant, Checked>>;
}

async function check({ request, ledger, relays, entries }: Checking): Promise<CheckedAll> {
  const { record, onProgress, signal } = request;
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
  const read = await readBack({
    ...shared,
    ...{ file: request.file, ledger, batch, mayHaveRefused, onProgress, signal },
  });
  const versions = await readVersions(addressesOf(ledger), shared);
  const present = [...versions.kept.slice(0, MOST_VERSIONS_READ), ...read.present];
  const { I1, I2, I5 } = read;
  return {
    acknowledged: read.acknowledged + versions.I4.checked,
    lost: [...read.lost, ...versions.lost.map(({ facts }) => facts.id)],
    checked: {
      ...{ I1, I2, I5, I4: versions.I4 },
      I3: await ownReads(request, shared),
      I8: await readAgain({ relays: [...relays, ...entries], present, batch, clock }),
      I9: await compareCounts({
        ...{ relays, maxLimit, clock, againAfterMs: countAgainAfterMs },
        ids: present.map(({ facts }) => facts.id),
        areCountsKnown: nips?.includes(COUNT_NIP) === true,
      }),
    },
  };
}

async function ownReads({ probing, record }: AuditRequest, shared: ProbeRequest): Promise<Checked> {
  if (!('events' in probing)) return notChecked(probing.reason);
  const checked = await probe({ ...shared, events: probing.events });
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
