import type { Effort } from './effort.ts';

/** Connecting, preparing and draining around each measurement, in seconds; rather too much than too little. */
const AROUND_S = 5;

/**
 * About how long each measurement takes, in seconds and in the order in which `calibrate` takes them. A climb has a second for
 * each rate and ends early where a worker can't follow.
 */
export function secondsOfSteps(effort: Effort): readonly number[] {
  const climbs = [...effort.events.map(({ rates }) => rates), effort.queries];
  const signing_s = Math.ceil(effort.signing_us / 1_000_000);
  return [
    ...climbs.map((rates) => rates.length + AROUND_S),
    2 + AROUND_S,
    signing_s,
    effort.deliveries.length + AROUND_S,
  ];
}

/** About how long is left from step `number` on, counted from 1. */
export function secondsLeft(effort: Effort, number: number): number {
  return secondsOfSteps(effort)
    .slice(number - 1)
    .reduce((sum, seconds) => sum + seconds, 0);
}
