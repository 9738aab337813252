import type { LimitedFilter } from '../store/store.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { StoreUnavailableError } from '../store/unavailable.ts';
import { UnansweredError } from './conversation.ts';
import { keyOf } from './coverage-key.ts';
import type { CoverageTable } from './coverage-table.ts';
import type { EdgeStats } from './edge-stats.ts';
import { unanswered } from './failures.ts';
import type { Origin } from './origin.ts';
import type { Pull } from './pull.ts';

/** What misses are answered with. */
export interface PullThroughParts {
  readonly origin: Pick<Origin, 'ask' | 'isLive'>;
  readonly table: CoverageTable;
  readonly stats: EdgeStats;
}

/** An answer that was lost with its connection, or is no longer true when it is complete, is asked for again so often. */
const TRIES = 5;

/** Asks the origin for what is not held, and keeps it. Of many who ask the same at once, one asks. */
export class PullThrough {
  readonly #parts: PullThroughParts;
  readonly #begun = new Map<string, Promise<readonly StoredEvent[]>>();

  constructor(parts: PullThroughParts) {
    this.#parts = parts;
  }

  /**
   * The answer of the origin to a filter, without anything that it is known to have removed since.
   * @throws StoreUnavailableError
   */
  get(filter: LimitedFilter): Promise<readonly StoredEvent[]> {
    const key = keyOf(filter);
    const begun = this.#begun.get(key);
    if (begun !== undefined) {
      this.#parts.stats.collapsed++;
      return begun;
    }
    const answer = this.#ask(filter).finally(() => this.#begun.delete(key));
    this.#begun.set(key, answer);
    return answer;
  }

  async #ask(filter: LimitedFilter): Promise<readonly StoredEvent[]> {
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await this.#askOnce(filter);
      if (answer !== null) return answer;
    }
    throw new StoreUnavailableError('the origin does not give a whole answer, try again later');
  }

  /** Null where it has to be asked again. */
  async #askOnce(filter: LimitedFilter): Promise<readonly StoredEvent[] | null> {
    const { origin, table } = this.#parts;
    const pull = table.begin();
    try {
      return this.#cover(pull, filter, await origin.ask(filter));
    } catch (error) {
      if (error instanceof UnansweredError && !origin.isLive) return null;
      return unanswered(error);
    } finally {
      table.end(pull);
    }
  }

  #cover(pull: Pull, filter: LimitedFilter, answer: readonly StoredEvent[]): readonly StoredEvent[] | null {
    const { table } = this.#parts;
    const { ids } = filter;
    return ids === undefined ? table.cover(pull, filter, answer) : table.coverIds(pull, ids, answer);
  }
}
