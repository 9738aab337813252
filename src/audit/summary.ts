import type { Checked } from './violation.ts';

export type Summary = NonNullable<Checked['lag']>;

/** @param lags in ms, at least one */
export function summaryOf(lags: readonly number[]): Summary {
  const sorted = [...lags].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const round = (ms: number): number => Math.round(ms * 100) / 100;
  return {
    samples: sorted.length,
    p50_ms: round(at(0.5)),
    p99_ms: round(at(0.99)),
    max_ms: round(at(1)),
  };
}
