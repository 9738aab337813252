/** What a scripted relay saw and how well it kept to its script. */
export interface RelayStats {
  readonly connections: number;
  readonly events: number;
  readonly queries: number;
  readonly closes: number;
  readonly deliveries: number;
  /** AUTH messages that came. */
  readonly auths: number;
  /** What stood in their `relay` tags, each once. */
  readonly authRelays: readonly string[];
  /** Different keys among them. */
  readonly authKeys: number;
  readonly counts: number;
  readonly syncs: number;
  /** NEG-OPEN and NEG-MSG. */
  readonly syncMessages: number;
  readonly syncCloses: number;
  /** Coefficient of variation of the times between events: 0 constant, 1 Poisson; null below 3 events. */
  readonly gapVariation: number | null;
  /** Events of each second, counted from the first event. */
  readonly eventsPerSecond: readonly number[];
  /** Text messages of all connections, and what they were before they were compressed. */
  readonly messages: { readonly received: number; readonly sent: number; readonly sentBytes: number };
  /** Bytes of all connections behind their upgrades: whole frames, those of the closing handshake included. */
  readonly wire: { readonly receivedBytes: number; readonly sentBytes: number };
  /** How late the relay itself was with what was due: its own error, in microseconds. */
  readonly lateness_us: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
}

const NS_PER_S = 1e9;

/** Coefficient of variation (standard deviation / mean) of the gaps between ascending times; null below 3 times. */
export function gapVariation(times: readonly number[]): number | null {
  if (times.length < 3) return null;
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / (gaps.length - 1);
  return Math.sqrt(variance) / mean;
}

/** Number of times in each second after the first one. */
export function perSecond(times_ns: readonly number[]): number[] {
  const counts: number[] = [];
  for (const time of times_ns) {
    const second = Math.floor((time - (times_ns[0] ?? 0)) / NS_PER_S);
    while (counts.length <= second) counts.push(0);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}

/** Percentiles by nearest rank; 0 without values. */
export function spread(values: readonly number[]): RelayStats['lateness_us'] {
  const sorted = Float64Array.from(values).sort();
  const at = (q: number): number => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
