import type { Effort, OnTimeEffort } from './effort.ts';

/** Connecting, preparing and draining around each measurement, in seconds; rather too much than too little. */
const AROUND_S = 5;
/** The same around each attempt at a rate on time, its warm-up included. */
const AROUND_ATTEMPT_S = 3;

/**
 * About how long each measurement takes, in seconds and in the order in which `calibrate` takes them. A climb has a second for
 * each rate and ends early where a worker can't follow.
 */
export function secondsOfSteps(effort: Effort): readonly number[] {
  const climb = (rates: readonly number[]): number => rates.length + AROUND_S;
  const signing_s = Math.ceil(effort.signing_us / 1_000_000);
  return [
    ...effort.events.map(({ rates }) => climb(rates)),
    ...effort.onTime.connections.map(() => secondsOfSearch(effort.onTime)),
    climb(effort.queries),
    2 + AROUND_S,
    signing_s,
    climb(effort.deliveries),
  ];
}

/** About how long is left from step `number` on, counted from 1. */
export function secondsLeft(effort: Effort, number: number): number {
  return secondsOfSteps(effort)
    .slice(number - 1)
    .reduce((sum, seconds) => sum + seconds, 0);
}

/** Two steps until the limit lies between two rates; each bisection then halves what lies between them. */
function secondsOfSearch({ hold_s, step, precision }: OnTimeEffort): number {
  const bisections = Math.max(0, Math.ceil(Math.log2(Math.log(step) / Math.log(precision))));
  return (2 + bisections) * (hold_s + AROUND_ATTEMPT_S);
}
