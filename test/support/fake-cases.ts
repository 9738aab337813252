import type { Evidence } from '../../src/judge/observations.ts';
import type { CaseSink } from '../../src/workload/case-sink.ts';

/** Keeps every case. */
export class FakeCases implements CaseSink {
  readonly kept: { counter: string; evidence: Omit<Evidence, 'atMs'> }[] = [];

  wants(): boolean {
    return true;
  }

  add(counter: string, evidence: Omit<Evidence, 'atMs'>): void {
    this.kept.push({ counter, evidence });
  }
}
