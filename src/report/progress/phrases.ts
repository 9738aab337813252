import type { IntervalRow } from '../../record/schema.ts';
import { count, duration, rate } from '../quantity.ts';
import type { ProgressState } from './state.ts';

/** Whole seconds and minutes, for times that go by: `12 s`, `2m 05s`. */
export function clock(s: number): string {
  const whole = Math.round(s);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, '0')}s`;
}

/** What went through in one second; zeros that can't be anything else are left out. */
export function ratesText(row: IntervalRow): string {
  const replies = [
    ['acked', row.acked],
    ['queries answered', row.completed],
    ['delivered', row.delivered],
  ] as const;
  const shown = replies.filter(([, total]) => total > 0).map(([name, total]) => `${name} ${rate(total)}`);
  return [`offered ${rate(row.offered)}`, `sent ${rate(row.sent)}`, ...shown].join(', ');
}

/** Errors so far, rejections told apart. */
export function errorsText({ totals }: ProgressState): string {
  if (totals.errors === 0) return 'no errors';
  const rejected = totals.rejected === 0 ? '' : ` (${count(totals.rejected)} rejected)`;
  return `${count(totals.errors)} ${totals.errors === 1 ? 'error' : 'errors'}${rejected}`;
}

/** The generator's own lateness in the last second. */
export function sendLagText(state: ProgressState): string {
  return `send lag p99 ${duration(state.sendLagP99_us)}`;
}

/** `50 of 50 connections open`, with failures where there are any. */
export function connectionsText({ connecting }: ProgressState): string {
  if (connecting === null) return 'no connections yet';
  const failed = connecting.failed === 0 ? '' : `, ${count(connecting.failed)} failed`;
  return `${count(connecting.opened)} of ${count(connecting.total)} connections open${failed}`;
}
