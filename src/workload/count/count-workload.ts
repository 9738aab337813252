import { createRandom } from '../../base/random.ts';
import type { Filter } from '../../nostr/filter.ts';
import type { CountReply } from '../../nostr/relay-message.ts';
import { numberedSubscription } from '../../wire/subscription-id.ts';
import type { CaseSink } from '../case-sink.ts';
import { pickShare } from '../filter-shares.ts';
import { type Asked, Questions, type QuestionsOptions } from '../questions.ts';
import type { SubscriptionOwner } from '../worker-part.ts';
import { type CountBounds, judgeCount } from './judge-count.ts';

/** First letter of the subscription ids of counts. */
export const COUNT_LETTER = 'c';

/** What is asked, and how many events match. */
export interface KnownCount {
  readonly filter: Filter;
  readonly bounds: CountBounds;
}

export interface CountWorkloadOptions
  extends Omit<
    QuestionsOptions,
    'counters' | 'label' | 'messageOf' | 'seriesOf' | 'onForgotten' | 'onTimeout'
  > {
  /** Upper edges of the shares of the shapes. */
  readonly shares: readonly number[];
  /** The latency of each shape. */
  readonly shapeSeries: readonly number[];
  /** What each shape asks. */
  readonly questions: readonly (readonly KnownCount[])[];
  readonly cases: CaseSink;
}

/** COUNT → its answer (NIP-45), which is compared with what the corpus tells. */
export class CountWorkload implements SubscriptionOwner {
  readonly stream: Questions;
  readonly #options: CountWorkloadOptions;
  #questions: readonly (readonly KnownCount[])[];

  constructor(options: CountWorkloadOptions) {
    this.#options = options;
    this.#questions = options.questions;
    this.stream = new Questions({
      ...options,
      label: 'count',
      counters: {
        sent: 'counts_sent',
        unsent: 'counts_unsent',
        dropped: 'counts_dropped',
        timeout: 'counts_timeout',
        lost: 'counts_lost_at_close',
      },
      messageOf: (number, sequence) => [
        'COUNT',
        numberedSubscription(COUNT_LETTER, sequence),
        this.#questionOf(number).filter,
      ],
      seriesOf: (number) => options.shapeSeries[this.#drawShape(number).shape] ?? -1,
      onForgotten: () => undefined,
      onTimeout: (asked) => this.#keep('counts_timeout', asked, { note: 'no COUNT and no CLOSED in time' }),
    });
  }

  /** What is known of the numbers now; the filters are the same. */
  setQuestions(questions: readonly (readonly KnownCount[])[]): void {
    this.#questions = questions;
  }

  /** @returns false where nobody waits for it, or did until its deadline */
  onCount(connection: number, sequence: number, reply: CountReply): boolean {
    const asked = this.stream.answered(connection, sequence);
    if (asked === null) return this.stream.isLate(connection, sequence);
    this.#options.sink.count(asked.phase, 'counts_completed');
    this.#judge(asked, reply);
    return true;
  }

  /** As of {@link onCount}. @param prefix such as `auth-required`, `unsupported` or `rate-limited` */
  onClosed(connection: number, sequence: number, prefix: string): boolean {
    const asked = this.stream.refused(connection, sequence);
    if (asked === null) return this.stream.isLate(connection, sequence);
    this.#options.sink.count(asked.phase, 'counts_closed');
    this.#options.sink.countWord(asked.phase, 'count_closes', prefix);
    return true;
  }

  /** No count is answered by events. */
  onEvent(): boolean {
    return false;
  }

  /** Nor by the end of stored ones. */
  onEose(): boolean {
    return false;
  }

  #judge(asked: Asked, reply: CountReply): void {
    const { sink } = this.#options;
    const { bounds } = this.#questionOf(asked.number);
    const judgement = judgeCount(reply, bounds);
    if (judgement === 'approximate') {
      sink.count(asked.phase, 'counts_approximate');
      return;
    }
    const isKnown = bounds.least > 0 || bounds.most < Number.POSITIVE_INFINITY;
    if (judgement === 'right' && !isKnown) return;
    sink.count(asked.phase, 'counts_checked');
    if (judgement === 'right') return;
    const note = `the relay says ${reply.count}, ${boundsText(bounds)} match`;
    if (judgement === 'inexact') {
      sink.count(asked.phase, 'counts_inexact');
      this.#keep('counts_inexact', asked, { note });
      return;
    }
    sink.countWord(asked.phase, 'counts_wrong', judgement);
    this.#keep('counts_wrong', asked, { reason: judgement, note });
  }

  #keep(
    counter: string,
    { connection, sequence, number }: Asked,
    why: { readonly reason?: string; readonly note: string },
  ): void {
    const { cases } = this.#options;
    if (!cases.wants(counter)) return;
    const subscription = numberedSubscription(COUNT_LETTER, sequence);
    const { filter } = this.#questionOf(number);
    cases.add(counter, { connection, subscription, filter, expected: [], got: [], ...why });
  }

  /** What an arrival asks: the same every time, whatever the number of workers. */
  #questionOf(number: number): KnownCount {
    const { shape, draw } = this.#drawShape(number);
    const questions = this.#questions[shape] ?? [];
    return questions[Math.floor(draw * questions.length)] as KnownCount;
  }

  #drawShape(number: number): { readonly shape: number; readonly draw: number } {
    const random = createRandom(this.#options.seed + number, 'count');
    return { shape: pickShare(this.#options.shares, random.next()), draw: random.next() };
  }
}

function boundsText({ least, most }: CountBounds): string {
  if (most === Number.POSITIVE_INFINITY) return `at least ${least}`;
  return least === most ? `${least}` : `${least} to ${most}`;
}
