import type { Evidence } from '../judge/observations.ts';

/** Where workloads leave the cases behind what they count against a relay. */
export interface CaseSink {
  /** Whether a further case of this counter is kept: ask before anything is parsed for it. */
  wants(counter: string): boolean;
  /** Keep a case. @param atNs when it began, monotonic; this moment where it is left out */
  add(counter: string, evidence: Omit<Evidence, 'atMs'>, atNs?: number): void;
}
