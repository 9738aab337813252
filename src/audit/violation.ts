import type { Operation } from '../judge/history/operation.ts';
import { INVARIANT_NAMES, type Invariant } from '../metric/invariants.ts';
import type { AuditedInvariant, Violation } from '../record/audit-schema.ts';

/** What checking one invariant has shown. */
export interface Checked extends Omit<AuditedInvariant, 'id'> {
  /** There was something to look at, and not all of it was looked at: `reason` says why. Not of the record. */
  readonly isCut?: boolean;
}

/** Violations that a record holds of each invariant; the counts are exact. */
const MOST_VIOLATIONS = 20;

/** What was there to be checked and was not looked at. */
export function cutOff(reason: string): Checked {
  return { ...notChecked(reason), isCut: true };
}

/** An invariant of which nothing could be checked. */
export function notChecked(reason: string): Checked {
  return { checked: 0, violated: 0, reason, basis: 'not checked', violations: [] };
}

export interface CheckedOptions {
  readonly checked: number;
  readonly violations: readonly Violation[];
  readonly basis: string;
  /** How many there are, where not all are listed. */
  readonly violated?: number;
  /** Why not all was checked. */
  readonly reason?: string | null;
  /** As of {@link Checked}. */
  readonly isCut?: boolean;
}

/** An invariant that was checked; one of which there was nothing to check was not. */
export function checkedBy({
  checked,
  violations,
  basis,
  violated,
  reason = null,
  isCut,
}: CheckedOptions): Checked {
  return {
    ...(isCut === true ? { isCut } : {}),
    checked,
    violated: violated ?? violations.length,
    reason: checked === 0 ? (reason ?? 'there was nothing to check') : reason,
    basis,
    violations: violations.slice(0, MOST_VIOLATIONS),
  };
}

/** Two checks of one invariant, as one. That one had nothing to look at is of no interest where the other had. */
export function together(one: Checked, other: Checked | undefined): Checked {
  if (other === undefined || (other.checked === 0 && other.isCut !== true)) return one;
  if (one.checked === 0 && one.isCut !== true) return other;
  const reasons = [...new Set([one.reason, other.reason].filter((reason) => reason !== null))];
  return {
    ...one,
    isCut: one.isCut === true || other.isCut === true,
    checked: one.checked + other.checked,
    violated: one.violated + other.violated,
    reason: reasons.length === 0 ? null : reasons.join('; '),
    basis: `${one.basis}; ${other.basis}`,
    violations: [...one.violations, ...other.violations].slice(0, MOST_VIOLATIONS),
  };
}

/** All invariants in their order; those that nobody has checked say so. */
export function inOrder(checked: Readonly<Partial<Record<Invariant, Checked>>>): AuditedInvariant[] {
  return INVARIANT_NAMES.map((id) => {
    const { isCut: _, ...shown } = checked[id] ?? notChecked('not looked at');
    return { id, ...shown };
  });
}

/** When things happened, counted from the start of the load. */
export interface Clock {
  /** Milliseconds after the start of the load, now. */
  nowMs(): number;
}

/** What happened to an event until it was found wrong. */
export function timelineOf(operation: Operation, found: string, clock: Clock): Violation['timeline'] {
  const { sentMs, endedMs, connection, relay } = operation;
  const where = relay < 0 ? '' : `, relay process ${relay + 1}`;
  return [
    { atMs: round(sentMs), what: `sent on connection ${connection}${where}` },
    { atMs: endedMs === null ? null : round(endedMs), what: endText(operation) },
    { atMs: round(clock.nowMs()), what: found },
  ];
}

function endText({ outcome, reason }: Operation): string {
  switch (outcome) {
    case 'accepted':
      return 'acknowledged: OK true';
    case 'duplicate':
      return 'acknowledged as a duplicate';
    case 'superseded':
      return `refused as superseded: ${reason}`;
    case 'refused':
      return `refused: ${reason}`;
    case 'unknown':
      return `never answered: ${reason}`;
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
