import type { Costs } from './scaling-model.mjs';

/** Both ends of a limit that was measured. */
export interface Measured {
  readonly low: number | null;
  readonly high: number | null;
}

export interface ReportInput {
  /** From `startOfBenchmark`. */
  readonly start: object;
  readonly scenario: string;
  readonly cores: number;
  /** As in `capacity.json`. */
  readonly scaling: object;
  /** Limits, a row a number of relays. */
  readonly points: readonly {
    readonly relays: number;
    readonly measured: Measured | null;
    readonly simulated: number | null;
    readonly byForecast: number | null;
    readonly apart: number | null;
  }[];
  /** Steps, a row each. */
  readonly curve: readonly {
    readonly relays: number;
    readonly offered_per_s: number;
    readonly measured: {
      readonly verdict: string;
      readonly achieved_per_s: number | null;
      readonly mean_us: number | null;
      readonly p95_us: number | null;
    };
    readonly simulated: {
      readonly achieved_per_s: number;
      readonly mean_us: number | null;
      readonly p95_us: number | null;
    };
  }[];
  readonly costs: { readonly measured: Costs; readonly forecast: Costs };
  readonly planning: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
  };
}

export function errorOf(measured: number | null, simulated: number | null): number | null;
export function errorOfLimit(measured: Measured, simulated: number | null): number | null;
export function targetText(text: string, errors: readonly (number | null)[]): string;
export function reportOf(result: ReportInput): string;
