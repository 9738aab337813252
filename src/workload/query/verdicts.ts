import type { Accusation } from '../../judge/cap-watch.ts';
import type { Finding } from '../../judge/observations.ts';
import { refsIn } from '../refs-in.ts';
import type { WorkerContext } from '../worker-part.ts';
import type { OnChecked } from './answer-checker.ts';
import type { LateEvent, SampledQuestion } from './answer-protocol.ts';
import { querySubscription } from './query-subscription.ts';
import type { EndedQuery } from './stored-events.ts';

/** Counts what was judged of answers, and keeps the cases behind it. */
export class Verdicts implements OnChecked {
  readonly #context: Pick<WorkerContext, 'sink' | 'cases' | 'onFinding'>;

  constructor(context: Pick<WorkerContext, 'sink' | 'cases' | 'onFinding'>) {
    this.#context = context;
  }

  judged(phase: number, accusations: readonly Accusation<SampledQuestion>[]): void {
    this.#context.sink.count(phase, 'answers_checked');
    for (const accusation of accusations) this.#accuse(accusation);
  }

  storedLate({ query, frame }: LateEvent): void {
    this.storedAfterEose(query, frame);
  }

  found(findings: readonly Finding[]): void {
    for (const each of findings) this.#context.onFinding(each);
  }

  /** An event that was stored before the load came after the EOSE of its query. */
  storedAfterEose({ connection, sequence, phase }: EndedQuery, frame: Uint8Array): void {
    const { sink, cases } = this.#context;
    sink.count(phase, 'events_after_eose');
    if (!cases.wants('events_after_eose')) return;
    const subscription = querySubscription(sequence);
    const got = refsIn(frame);
    cases.add('events_after_eose', { connection, subscription, filter: null, expected: [], got });
  }

  #accuse({ question, wrong }: Accusation<SampledQuestion>): void {
    const { phase, connection, sequence, filter, askedNs } = question;
    const { fault, expected, got } = wrong;
    const { sink, cases } = this.#context;
    sink.countWord(phase, 'answers_wrong', fault);
    const asked = { connection, subscription: querySubscription(sequence), filter };
    cases.add('answers_wrong', { ...asked, expected, got, reason: fault }, askedNs);
  }
}
