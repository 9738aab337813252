import { advance, initialState, type ProgressState } from '../../../../src/report/progress/state.ts';
import type { ProgressEvent } from '../../../../src/result/progress.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

const [sampleRow] = sampleRecord('pass').intervals;

export const PHASES = [
  { name: 'warm-up', kind: 'warm-up', start_s: 0, end_s: 5 },
  { name: 'steady', kind: 'measured', start_s: 5, end_s: 25 },
] as const;

/** A complete second. */
export function interval(
  t: number,
  changes: Partial<NonNullable<typeof sampleRow>> = {},
  rejected = 0,
): ProgressEvent {
  if (sampleRow === undefined) throw new Error('the sample record has no interval');
  const phase = t < 5 ? 'warm-up' : 'steady';
  return { type: 'interval', row: { ...sampleRow, t, phase, ...changes }, rejected, sendLagP99_us: 1_100 };
}

export const connecting = (opened: number, failed = 0): ProgressEvent => ({
  type: 'connecting',
  opened,
  failed,
  total: 50,
});
export const preparing = (done: number): ProgressEvent => ({
  type: 'preparing',
  done,
  total: 500,
  what: 'corpus',
});
export const started: ProgressEvent = { type: 'started', phases: PHASES };
export const draining: ProgressEvent = { type: 'draining', pending: 12 };
export const finished: ProgressEvent = { type: 'finished' };

/** The state after events at their times in ms. */
export function stateAfter(
  ...events: readonly (readonly [atMs: number, event: ProgressEvent])[]
): ProgressState {
  return events.reduce((state, [atMs, event]) => advance(state, event, atMs), initialState(0));
}
