import type { IntervalRow } from '../../record/schema.ts';
import type { ProgressEvent } from '../../result/progress.ts';

type EventOf<T extends ProgressEvent['type']> = Extract<ProgressEvent, { type: T }>;

export type ProgressPhase = EventOf<'started'>['phases'][number];
export type Stage = 'starting' | 'connecting' | 'preparing' | 'running' | 'draining' | 'finished';

/** Everything that a display of a run in progress shows, folded from the events so far. */
export interface ProgressState {
  readonly stage: Stage;
  /** Of the display's clock, at its creation. */
  readonly beganMs: number;
  /** When the load started; null before. */
  readonly startedMs: number | null;
  readonly connecting: EventOf<'connecting'> | null;
  readonly preparing: EventOf<'preparing'> | null;
  readonly phases: readonly ProgressPhase[];
  /** The last complete second; null before the first. */
  readonly row: IntervalRow | null;
  readonly sendLagP99_us: number | null;
  /** Sums over all complete seconds; rejections are among the errors. */
  readonly totals: {
    readonly offered: number;
    readonly sent: number;
    readonly errors: number;
    readonly rejected: number;
  };
  /** Operations without a reply when offering ended; null before. */
  readonly pending: number | null;
}

/** The state before any event. */
export function initialState(nowMs: number): ProgressState {
  return {
    stage: 'starting',
    beganMs: nowMs,
    startedMs: null,
    connecting: null,
    preparing: null,
    phases: [],
    row: null,
    sendLagP99_us: null,
    totals: { offered: 0, sent: 0, errors: 0, rejected: 0 },
    pending: null,
  };
}

/** The state after `event`; pure. Nothing changes a finished run: seconds that come late are in the report. */
export function advance(state: ProgressState, event: ProgressEvent, nowMs: number): ProgressState {
  if (state.stage === 'finished') return state;
  switch (event.type) {
    case 'connecting':
      return { ...state, stage: 'connecting', connecting: event };
    case 'preparing':
      return { ...state, stage: 'preparing', preparing: event };
    case 'started':
      return { ...state, stage: 'running', startedMs: nowMs, phases: event.phases };
    case 'interval':
      return {
        ...state,
        row: event.row,
        sendLagP99_us: event.sendLagP99_us,
        totals: addTotals(state, event),
      };
    case 'draining':
      return { ...state, stage: 'draining', pending: event.pending };
    case 'finished':
      return { ...state, stage: 'finished' };
  }
}

function addTotals(
  { totals }: ProgressState,
  { row, rejected }: EventOf<'interval'>,
): ProgressState['totals'] {
  return {
    offered: totals.offered + row.offered,
    sent: totals.sent + row.sent,
    errors: totals.errors + row.errors,
    rejected: totals.rejected + rejected,
  };
}

/** Seconds since the load started; 0 before. */
export function elapsed_s(state: ProgressState, nowMs: number): number {
  return state.startedMs === null ? 0 : Math.max(0, nowMs - state.startedMs) / 1_000;
}

/** Seconds from the start of the load to the last arrival; 0 before the load started. */
export function total_s(state: ProgressState): number {
  return state.phases.at(-1)?.end_s ?? 0;
}

/** The name of the phase that runs now, or what comes after the last; only while the load runs. */
export function currentPhase(state: ProgressState, nowMs: number): string {
  const now_s = elapsed_s(state, nowMs);
  return state.phases.find((phase) => now_s < phase.end_s)?.name ?? 'last replies';
}
