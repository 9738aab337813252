import type { Filter } from '../../nostr/filter.ts';
import type { CaseSink } from '../case-sink.ts';
import { querySubscription } from './query-subscription.ts';

/** A query that went wrong. */
export interface FailedQuery {
  readonly connection: number;
  readonly sequence: number;
  /** Number of its arrival, by which its filter is drawn again. */
  readonly number: number;
}

/** Leaves the cases behind what is counted against a relay for its answers as they come. */
export class QueryCases {
  readonly #cases: CaseSink;
  readonly #filterOf: (number: number) => Filter;

  /** @param filterOf draws the filter of an arrival again: keeping those of all queries would cost more */
  constructor(cases: CaseSink, filterOf: (number: number) => Filter) {
    this.#cases = cases;
    this.#filterOf = filterOf;
  }

  timedOut(query: FailedQuery, received: number): void {
    this.#add('queries_timeout', query, `${received} events came and no EOSE in time`);
  }

  /** @param stored events of the answer that surely were stored */
  overflowed(query: FailedQuery, stored: number, limit: number): void {
    this.#add('query_overflows', query, `at least ${stored} stored events came, the limit is ${limit}`);
  }

  #add(counter: string, { connection, sequence, number }: FailedQuery, note: string): void {
    if (!this.#cases.wants(counter)) return;
    const filter = this.#filterOf(number);
    const subscription = querySubscription(sequence);
    this.#cases.add(counter, { connection, subscription, filter, expected: [], got: [], note });
  }
}
