import { NS_PER_MS } from '../../base/clock.ts';
import { Casebook, type Evidence, type Finding, type Observations } from '../../judge/observations.ts';
import type { CaseSink } from '../../workload/case-sink.ts';
import { refsIn } from '../../workload/refs-in.ts';
import type { SampleSink } from '../../workload/sample-sink.ts';
import { countVerified, type OfferedEvent, type Verified } from './verifier.ts';

export interface ObserverOptions {
  readonly sink: SampleSink;
  /** Start of the load, monotonic; once there is one. */
  readonly start: { readonly monotonicNs: number };
  readonly now: () => number;
  readonly currentPhase: () => number;
}

/** Gathers what one worker sees of the relay besides numbers: the cases behind its counters, and findings. */
export class RelayObserver implements CaseSink {
  readonly #options: ObserverOptions;
  readonly #casebook = new Casebook();

  constructor(options: ObserverOptions) {
    this.#options = options;
  }

  get observations(): Observations {
    return this.#casebook.observations();
  }

  wants(counter: string): boolean {
    return this.#casebook.wants(counter);
  }

  add(counter: string, evidence: Omit<Evidence, 'atMs'>, atNs = this.#options.now()): void {
    this.#casebook.addCase(counter, { atMs: this.#atMs(atNs), ...evidence });
  }

  /** Worth knowing of the relay, and no fault. */
  found(finding: Finding): void {
    this.#casebook.addFinding(finding);
  }

  /** A received event was verified; one that is malformed or carries a wrong id or signature is given. */
  verified(outcome: Verified, invalid: OfferedEvent | null): void {
    const { sink, currentPhase } = this.#options;
    countVerified(sink, currentPhase(), outcome);
    if (invalid === null) return;
    const { connection, subscription, frame } = invalid;
    this.add('events_invalid', { connection, subscription, filter: null, expected: [], got: refsIn(frame) });
  }

  /** The connection was closed, and not by this side. */
  connectionLost(connection: number, code: number): void {
    const { sink, currentPhase } = this.#options;
    const phase = currentPhase();
    sink.count(phase, 'connections_lost');
    sink.countWord(phase, 'close_codes', String(code));
    const note = `closed with code ${code}`;
    this.add('connections_lost', { connection, subscription: '', filter: null, expected: [], got: [], note });
  }

  #atMs(atNs: number): number {
    const { start } = this.#options;
    return start.monotonicNs === 0 ? 0 : Math.round((atNs - start.monotonicNs) / NS_PER_MS);
  }
}
