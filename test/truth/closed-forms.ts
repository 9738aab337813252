/** A target that serves nothing for `stallMs` in every `periodMs`, and drains the backlog at its capacity. */
export interface PeriodicStall {
  /** Latency outside of stalls. */
  readonly delayMs: number;
  readonly stallMs: number;
  readonly periodMs: number;
  /** Constant arrival rate. */
  readonly rate_per_s: number;
  /** `Infinity` where a backlog drains at once. */
  readonly capacity_per_s: number;
}

/** The share of arrivals that meet a stall or its backlog: S / (P · (1 − R/C)). */
export function stalledShare(stall: PeriodicStall): number {
  return stall.stallMs / drainedPeriodMs(stall);
}

/**
 * Quantile `q` (0..1) of the latency from the intended time, in ms: x = d + S − (1 − q) · P · (1 − R/C) above
 * q = 1 − stalledShare, d below.
 */
export function stallQuantileMs(stall: PeriodicStall, q: number): number {
  return stall.delayMs + Math.max(0, stall.stallMs - (1 - q) * drainedPeriodMs(stall));
}

/** Mean latency in ms: d + S² / (2 · P · (1 − R/C)). */
export function stallMeanMs(stall: PeriodicStall): number {
  return stall.delayMs + stall.stallMs ** 2 / (2 * drainedPeriodMs(stall));
}

function drainedPeriodMs({ periodMs, rate_per_s, capacity_per_s }: PeriodicStall): number {
  return periodMs * (1 - rate_per_s / capacity_per_s);
}

/** A constant rate above the target's capacity for a while; everything is drained afterwards. */
export interface Overload {
  readonly rate_per_s: number;
  readonly capacity_per_s: number;
  readonly forMs: number;
}

/** Quantile `q` of the latency in ms: it grows by R/C − 1 for each ms of arrival time. */
export function overloadQuantileMs({ rate_per_s, capacity_per_s, forMs }: Overload, q: number): number {
  return (rate_per_s / capacity_per_s - 1) * forMs * q;
}

/** Quantile `q` of deliveries to n subscribers one after the other, `spacingMs` apart, the first after one spacing. */
export function spacedDeliveryMs(subscribers: number, spacingMs: number, q: number): number {
  return spacingMs * Math.max(1, Math.ceil(subscribers * q));
}
