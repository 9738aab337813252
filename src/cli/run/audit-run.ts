import { join } from 'node:path';
import { audit } from '../../audit/audit.ts';
import type { EdgeAddress } from '../../audit/edges.ts';
import type { PrimaryClaim } from '../../audit/from-record.ts';
import { HISTORY_FILE, writeHistory } from '../../audit/history-file.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { kindClass } from '../../nostr/kinds.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Audit } from '../../record/audit-schema.ts';
import type { RunRecord } from '../../record/schema.ts';
import { EDGE_MAX_STALE_S } from '../../stack/edges.ts';
import type { Io } from '../io.ts';
import type { LoadFlags } from './flags.ts';

/** Where the record says why it holds no audit. */
export const AUDIT_KEY = 'audit';

/** Why there is nothing to audit in a run; null where there is. */
export function notAuditable({ workloads: { publish } }: Pick<Plan, 'workloads'>): string | null {
  if (publish === undefined) return 'the run publishes nothing';
  const kinds = publish.replay === null ? publish.sorts.map(({ kind }) => kind) : [];
  const areEphemeral = kinds.length > 0 && kinds.every((kind) => kindClass(kind) === 'ephemeral');
  return areEphemeral
    ? `events of kind ${[...new Set(kinds)].join(', ')} are ephemeral: none has to be kept`
    : null;
}

/** Whether a run is audited: as told, else where the stack is loaded. */
export function wantsAudit({ audit: told, stack }: Pick<LoadFlags, 'audit' | 'stack'>): boolean {
  return told ?? stack !== undefined;
}

/** What an audited run must hold, unless one of its own gates is about the same. */
const DEFAULT_GATES = ['lost_events', 'audit_violations'] as const;

/** The plan with the default gates of an audit, where anything can be audited. */
export function withAuditGate(plan: Plan): Plan {
  if (notAuditable(plan) !== null) return plan;
  const missing = DEFAULT_GATES.filter((metric) => !plan.gates.some((gate) => gate.startsWith(metric)));
  if (missing.length === 0) return plan;
  return { ...plan, gates: [...plan.gates, ...missing.map((metric) => `${metric} == 0`)] };
}

/** Gathers what a run must prove, then proves it. */
export interface RunAudit {
  /** For the engine; undefined where nothing is audited. */
  readonly onHistory: ((entries: Uint8Array) => void) | undefined;
  /** Ends the history. @returns why nothing can be audited, null where it can */
  prepare(): Promise<string | null>;
  /** Reads everything back, after `prepare`. @returns null and a reason where that failed */
  carryOut(target: AuditedTarget): Promise<AuditOutcome>;
}

/** What a run has loaded and measured. */
export interface AuditedTarget {
  /** Before the audit. */
  readonly record: RunRecord;
  /** Every relay process. */
  readonly urls: readonly string[];
  /** What clients were connected to, where that is none of `urls`. */
  readonly entries: readonly string[];
  /** What serves what `urls` keep. */
  readonly edges: readonly EdgeAddress[];
  /** Asks the databases of a stack whether they are primary; null where there are none that are known. */
  readonly askPrimaries: (() => Promise<readonly PrimaryClaim[]>) | null;
}

/** Where nobody asks for one. */
export const NO_AUDIT: RunAudit = none('not asked for: --audit');

function none(reason: string): RunAudit {
  const carryOut = async (): Promise<AuditOutcome> => ({ result: null, reason });
  return { onHistory: undefined, prepare: async () => reason, carryOut };
}

export type AuditOutcome =
  | { readonly result: Audit; readonly reason: null }
  | { readonly result: null; readonly reason: string };

export interface RunAuditOptions {
  readonly plan: Plan;
  /** Whether it is wanted. */
  readonly wanted: boolean;
  /** Whether the run deletes what it has published: then the audit publishes nothing of its own. */
  readonly leavesNothing?: boolean;
  /** Directory of the run's files. */
  readonly directory: string;
  readonly io: Pick<Io, 'stderr'>;
}

/** A stack mends itself: parts that the run has lost may still be coming back. */
const STACK_PATIENCE_MS = 15_000;

/** Events that the audit of a run publishes itself. */
export const PROBES = 100;

/** The audit at the end of a run. */
export function prepareAudit(options: RunAuditOptions): RunAudit {
  const { plan, wanted, directory, io, leavesNothing = false } = options;
  if (!wanted) return NO_AUDIT;
  const reason = notAuditable(plan);
  if (reason !== null) return none(reason);
  const file = join(directory, HISTORY_FILE);
  const writer = writeHistory(file);
  return {
    onHistory: (entries) => writer.append(entries),
    prepare: async () => (await writer.close()).problem,
    carryOut: async (target) => {
      io.stderr.write(`audit: reading what was published back from ${placesText(target)}\n`);
      try {
        return {
          result: await auditRun(target, {
            file,
            leavesNothing,
            verifier: plan.verifier,
            ...plan.connections,
          }),
          reason: null,
        };
      } catch (error) {
        // The run was measured all the same: its record says why nothing is known of losses, and the gate fails.
        if (error instanceof RelayBenchError) return { result: null, reason: error.message };
        throw error;
      }
    },
  };
}

function placesText({ urls, edges }: Pick<AuditedTarget, 'urls' | 'edges'>): string {
  const processes = urls.length === 1 ? 'one relay process' : `${urls.length} relay processes`;
  if (edges.length === 0) return processes;
  return `${processes} and ${edges.length === 1 ? 'one edge' : `${edges.length} edges`}`;
}

/** Edges of a stack, or of relays that the user names, are held to this, in milliseconds. */
export const EDGE_STALE_MAX_MS = EDGE_MAX_STALE_S * 1_000;

interface AuditOptions extends Pick<Plan['connections'], 'insecure' | 'authUrl'>, Pick<Plan, 'verifier'> {
  readonly file: string;
  readonly leavesNothing: boolean;
}

async function auditRun(
  { record, urls, entries, edges: places, askPrimaries }: AuditedTarget,
  { file, leavesNothing, verifier, insecure, authUrl }: AuditOptions,
): Promise<Audit> {
  const claims = askPrimaries === null ? null : await askPrimaries();
  const access = { insecure, authUrl: authUrl ?? undefined };
  const timing = record.target.kind === 'stack' ? { patienceMs: STACK_PATIENCE_MS } : {};
  const probing = leavesNothing
    ? { reason: 'the run leaves nothing behind (--clean-up)' }
    : { events: PROBES };
  const edges = places.length === 0 ? undefined : { edges: places, staleMaxMs: EDGE_STALE_MAX_MS };
  return await audit({ file, record, urls, entries, edges, claims, probing, timing, verifier, ...access });
}
