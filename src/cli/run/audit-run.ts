import { join } from 'node:path';
import {
  ACKNOWLEDGED_FILE,
  type AcknowledgedWriter,
  writeAcknowledged,
} from '../../audit/acknowledged-file.ts';
import { type AuditResult, audit } from '../../audit/audit.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { kindClass } from '../../nostr/kinds.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Io } from '../io.ts';
import type { LoadFlags } from './flags.ts';

/** Where the record says why it holds no audit. */
export const AUDIT_KEY = 'audit';

/** Why acknowledged events of a run need not be there afterwards; null where they must be. */
export function notAuditable({ workloads: { publish } }: Pick<Plan, 'workloads'>): string | null {
  if (publish === undefined) return 'the run publishes nothing';
  if (publish.replay !== null) return 'the corpus replaces and deletes its own events';
  const kind = kindClass(publish.kind);
  return kind === 'regular' ? null : `events of kind ${publish.kind} are ${kind}: not all are kept`;
}

/** Whether a run is audited: as told, else where the stack is loaded. */
export function wantsAudit({ audit: told, stack }: Pick<LoadFlags, 'audit' | 'stack'>): boolean {
  return told ?? stack !== undefined;
}

/** The plan with the default gate of an audit, unless one of its own gates is about it, or nothing can be audited. */
export function withAuditGate(plan: Plan): Plan {
  const has = plan.gates.some((gate) => gate.startsWith('lost_events'));
  return has || notAuditable(plan) !== null ? plan : { ...plan, gates: [...plan.gates, 'lost_events == 0'] };
}

/** Gathers what a run must prove, then proves it. */
export interface RunAudit {
  /** For the engine; undefined where nothing is audited. */
  readonly onAcknowledged: ((ids: Uint8Array) => void) | undefined;
  /** Ends the list. @returns why nothing can be read back, null where it can */
  prepare(): Promise<string | null>;
  /**
   * Reads everything back, after `prepare`.
   * @param maxLimit of the relays, as they say (NIP-11)
   * @returns null and a reason where that failed
   */
  carryOut(urls: readonly string[], maxLimit?: number | null): Promise<AuditOutcome>;
}

/** Where nobody asks for one. */
export const NO_AUDIT: RunAudit = none('not asked for: --audit');

function none(reason: string): RunAudit {
  const carryOut = async (): Promise<AuditOutcome> => ({ result: null, reason });
  return { onAcknowledged: undefined, prepare: async () => reason, carryOut };
}

export type AuditOutcome =
  | { readonly result: AuditResult; readonly reason: null }
  | { readonly result: null; readonly reason: string };

export interface RunAuditOptions {
  readonly plan: Plan;
  /** Whether it is wanted. */
  readonly wanted: boolean;
  /** Directory of the run's files. */
  readonly directory: string;
  readonly io: Pick<Io, 'stderr'>;
}

/** The audit at the end of a run. */
export function prepareAudit({ plan, wanted, directory, io }: RunAuditOptions): RunAudit {
  if (!wanted) return NO_AUDIT;
  const reason = notAuditable(plan);
  if (reason !== null) return none(reason);
  const file = join(directory, ACKNOWLEDGED_FILE);
  const writer: AcknowledgedWriter = writeAcknowledged(file);
  let count = 0;
  return {
    onAcknowledged: (ids) => writer.append(ids),
    prepare: async () => {
      const list = await writer.close();
      count = list.count ?? 0;
      return list.problem;
    },
    carryOut: async (urls, maxLimit = null) => {
      const { insecure, authUrl } = plan.connections;
      io.stderr.write(
        `audit: reading ${count} acknowledged events back from ${urls.length} relay processes\n`,
      );
      try {
        return {
          result: await audit({ file, urls, insecure, authUrl: authUrl ?? undefined, maxLimit }),
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
