import type { Costs } from './scaling-model.mjs';

/** What is read of the record of a run. */
export interface UsedCores {
  readonly components: readonly { readonly name: string; readonly cpuShare: number | null }[];
  readonly generator: { readonly cpuShare: number | null; readonly workers: number };
}

export function forecastCosts(assumed: Readonly<Record<string, number>>): Costs;
export function coresOf(record: UsedCores): Costs['own_cores'];
export function lineThrough(points: readonly (readonly [rate_per_s: number, cores: number])[]): {
  readonly own_cores: number;
  readonly event_us: number;
};
export function measuredCosts(
  steps: readonly { readonly rate_per_s: number; readonly record: UsedCores }[],
  forecast: Costs,
): Costs;
export function withWait(
  costs: Costs,
  lightest: { readonly mean_us: number },
  simulate: (costs: Costs) => { readonly mean_us: number | null },
): Costs;
