import { blameGenerator, NO_BAD_SECONDS } from '../engine/validity.ts';
import { seriesKey } from '../metric/series.ts';
import type { IntervalRow } from '../record/schema.ts';
import { runTrial, type TrialLoad, type TrialResult } from './trial.ts';

/** A load whose rate is raised in steps of one second until the worker can't follow. */
export interface Climb {
  readonly url: string;
  readonly signal: AbortSignal;
  /** Operations per second of each step, ascending. */
  readonly rates: readonly number[];
  /** The load at the first rate; the others are levels of it. */
  readonly loadAt: (rate: string) => Pick<TrialLoad, 'workloads' | 'connections'>;
  /** Operations that a second of CPU was spent on: those that ended, where possible no more than began. */
  readonly done: (row: IntervalRow) => number;
  /** As in {@link runTrial}. */
  readonly catchUp?: boolean | undefined;
}

/** One second at one rate. */
export interface Step {
  readonly rate_per_s: number;
  /** Offered as planned, in time. */
  readonly isValid: boolean;
  readonly sendLag: { readonly p50_us: number | null; readonly p99_us: number | null };
}

export interface Summit {
  readonly steps: readonly Step[];
  /** Operations done with one second of CPU, in the second that did most; null where no second was complete. */
  readonly perCpuSecond: number | null;
}

/** Below this part of the offered operations a worker has fallen behind in a second. */
const BEHIND = 0.9;
/** One such second may be a neighbour's: what it took is made up for in the next. */
const MOST_BEHIND = 2;

/** Finds what a worker can do at most: a saturated worker bundles as much as it can, so no second does more. */
export async function climb(request: Climb, run: typeof runTrial = runTrial): Promise<Summit> {
  const { url, signal, rates, loadAt, done, catchUp } = request;
  const [first = 1] = rates;
  let behind = 0;
  const trial = await run({
    url,
    signal,
    catchUp,
    load: {
      ...loadAt(`${first}/s`),
      warmup: '1s',
      phases: rates.map((rate) => ({ name: phaseOf(rate), duration: '1s', level: rate / first })),
    },
    isEnough: (row) => {
      behind = row.sent < BEHIND * row.offered ? behind + 1 : 0;
      return behind >= MOST_BEHIND;
    },
  });
  const perCpu = trial.rows.map((row) => (row.cpu === null || row.cpu <= 0 ? 0 : done(row) / row.cpu));
  const best = Math.max(0, ...perCpu);
  return {
    steps: rates.flatMap((rate) => stepAt(rate, rates.length, trial)),
    perCpuSecond: best > 0 ? best : null,
  };
}

function phaseOf(rate: number): string {
  return `rate-${rate}`;
}

/** The step at a rate; none where the trial ended before. */
function stepAt(rate: number, rates: number, { result, rows }: TrialResult): readonly Step[] {
  const row = rows.find(({ phase }) => phase === phaseOf(rate));
  if (row === undefined) return [];
  const labels = rates === 1 ? {} : { phase: phaseOf(rate) };
  const sendLag = result.histograms.get(seriesKey('send_lag', labels));
  const { invalidities, doubts } = blameGenerator({
    model: 'open',
    offered: row.offered,
    written: row.sent,
    writtenTooLate: 0,
    droppedArrivals: 0,
    sendLag,
    medianLatency_us: null,
    seconds: NO_BAD_SECONDS,
    phases: [],
    lateWhileCold: null,
    lostWorkers: [],
  });
  const lag = (percentile: number): number | null => sendLag?.percentile(percentile) ?? null;
  return [
    {
      rate_per_s: rate,
      isValid: invalidities.length + doubts.length === 0,
      sendLag: { p50_us: lag(50), p99_us: lag(99) },
    },
  ];
}
