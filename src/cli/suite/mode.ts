import type { SuitePart } from '../../suite/parts.ts';

/** How long a suite takes its time. */
export interface Mode {
  readonly name: 'quick' | 'full';
  /** Measured time of a part, and what comes before it. */
  readonly durationMs: number;
  readonly warmupMs: number;
  /** Of the search for the capacity. */
  readonly search: {
    readonly budgetMs: number;
    readonly durationMs: number;
    readonly warmupMs: number;
    readonly tolerance: number;
  };
}

const SECOND_MS = 1_000;

/** One relay and the reference in less than five minutes. */
const QUICK: Mode = {
  name: 'quick',
  durationMs: 5 * SECOND_MS,
  warmupMs: SECOND_MS,
  search: { budgetMs: 32 * SECOND_MS, durationMs: 3 * SECOND_MS, warmupMs: SECOND_MS, tolerance: 0.25 },
};

/** One relay and the reference in less than thirty minutes. */
const FULL: Mode = {
  name: 'full',
  durationMs: 30 * SECOND_MS,
  warmupMs: 3 * SECOND_MS,
  search: { budgetMs: 240 * SECOND_MS, durationMs: 8 * SECOND_MS, warmupMs: 2 * SECOND_MS, tolerance: 0.1 },
};

/** @param durationMs measured time of each part in place of that of the mode */
export function modeOf(isQuick: boolean, durationMs: number | undefined): Mode {
  const mode = isQuick ? QUICK : FULL;
  return durationMs === undefined ? mode : { ...mode, durationMs };
}

/** What a part overrides of the times of its scenario. */
export function timesOf(
  { times }: SuitePart,
  { durationMs, warmupMs }: Mode,
): { duration?: number; warmup?: number } {
  if (times === 'scenario') return {};
  return { duration: durationMs, warmup: times === 'cold' ? 0 : warmupMs };
}
