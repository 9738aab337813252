/** How an honest client fared: operations, their latencies, and why some failed. */
export interface Honest {
  readonly operations: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly max_ms: number;
  readonly failures: readonly string[];
}

/** One attack on one target. */
export interface Attacked {
  readonly attack: string;
  readonly target: string;
  /** What the attack did, in words. */
  readonly told: string;
  readonly before: Honest;
  readonly during: Honest;
  readonly after: Honest;
  /** Most that one relay process had resident. */
  readonly rss_mib: number;
  /** Relay processes that ended. */
  readonly ended: number;
}

export interface Verdict {
  readonly verdict: 'held' | 'failed' | 'undecided';
  /** What no busy machine explains. */
  readonly broken: readonly string[];
  /** What one could explain. */
  readonly late: readonly string[];
  readonly why: string | null;
}

export function verdictOf(row: Omit<Attacked, 'attack' | 'told'>): Verdict;
export function reportOf(start: object, rows: readonly (Attacked & Verdict)[]): string;
