import { NS_PER_MS } from '../../base/clock.ts';
import type { EventRef } from '../../judge/answer.ts';
import type { Accusation } from '../../judge/cap-watch.ts';
import { Casebook, type Evidence, type Finding, type Observations } from '../../judge/observations.ts';
import { receivedEvent } from '../../nostr/received-event.ts';
import { querySubscription } from '../../wire/subscription-id.ts';
import type { CaseSink } from '../../workload/case-sink.ts';
import type { SampleSink } from '../../workload/sample-sink.ts';
import type { EndedQuery } from '../../workload/stored-events.ts';
import type { OnChecked } from './answer-checker.ts';
import type { LateEvent, SampledQuestion } from './answer-protocol.ts';
import { countVerified, type OfferedEvent, type Verified } from './verifier.ts';

export interface ObserverOptions {
  readonly sink: SampleSink;
  /** Start of the load, monotonic; once there is one. */
  readonly start: { readonly monotonicNs: number };
  readonly now: () => number;
  readonly currentPhase: () => number;
}

/** Gathers what one worker sees of the relay besides numbers: the cases behind its counters, and findings. */
export class RelayObserver implements CaseSink, OnChecked {
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

  add(counter: string, evidence: Omit<Evidence, 'atMs'>): void {
    this.#casebook.addCase(counter, { atMs: this.#atMs(this.#options.now()), ...evidence });
  }

  judged(phase: number, accusations: readonly Accusation<SampledQuestion>[]): void {
    this.#options.sink.count(phase, 'answers_checked');
    for (const accusation of accusations) this.#accuse(accusation);
  }

  storedLate({ query, frame }: LateEvent): void {
    this.storedAfterEose(query, frame);
  }

  found(findings: readonly Finding[]): void {
    for (const each of findings) this.#casebook.addFinding(each);
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

  /** An event that was stored before the load came after the EOSE of its query. */
  storedAfterEose({ connection, sequence, phase }: EndedQuery, frame: Uint8Array): void {
    this.#options.sink.count(phase, 'events_after_eose');
    if (!this.wants('events_after_eose')) return;
    const got = refsIn(frame);
    const subscription = querySubscription(sequence);
    this.add('events_after_eose', { connection, subscription, filter: null, expected: [], got });
  }

  #accuse({ question, wrong }: Accusation<SampledQuestion>): void {
    const { phase, connection, sequence, filter, askedNs } = question;
    const { fault, expected, got } = wrong;
    this.#options.sink.countWord(phase, 'answers_wrong', fault);
    const asked = { connection, subscription: querySubscription(sequence), filter };
    const evidence = { atMs: this.#atMs(askedNs), ...asked, expected, got, reason: fault };
    this.#casebook.addCase('answers_wrong', evidence);
  }

  #atMs(atNs: number): number {
    const { start } = this.#options;
    return start.monotonicNs === 0 ? 0 : Math.round((atNs - start.monotonicNs) / NS_PER_MS);
  }
}

function refsIn(frame: Uint8Array): readonly EventRef[] {
  const event = receivedEvent(frame);
  return event === null ? [] : [{ id: event.id, kind: event.kind }];
}
