import type { Evidence } from '../judge/observations.ts';

/** Where workloads leave the cases behind what they count against a relay. */
export interface CaseSink {
  /** Whether a further case of this counter is kept: ask before anything is parsed for it. */
  wants(counter: string): boolean;
  /** Keep a case of this moment. */
  add(counter: string, evidence: Omit<Evidence, 'atMs'>): void;
}
