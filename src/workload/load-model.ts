import { NONE } from '../wire/pending-table.ts';
import type { Clients } from './clients.ts';
import type { ArrivalSchedule } from './frame-ahead.ts';

/** What decides when the next operation starts and on which connection. */
export interface LoadModel {
  readonly name: 'open' | 'closed';
  /** When the next arrival is due, given its scheduled time and the current one; monotonic ns. */
  dueNs(scheduledNs: number, nowNs: number): number;
  /** The connection for the arrival that is due; {@link NONE} where there is none. */
  pick(): number;
  /** An operation on this connection has ended, whatever its outcome. */
  settled(connection: number): void;
}

/** Open: arrivals follow their schedule whatever the relay does. */
export function openModel(clients: Clients): LoadModel {
  return {
    name: 'open',
    dueNs: (scheduledNs) => scheduledNs,
    pick: () => clients.pick(),
    settled: () => undefined,
  };
}

export interface ClosedModelOptions {
  readonly connections: readonly number[];
  readonly window: number;
  readonly isOpen: (connection: number) => boolean;
  /** When offering ends, monotonic ns; known only once the load starts. */
  readonly endNs: () => number;
  /** Told that another operation may start. */
  readonly onCredit: () => void;
}

/**
 * Closed: `window` operations in flight per connection; a reply starts the next one. The relay sets the pace, so
 * latencies of this model suffer from coordinated omission and are labelled so.
 */
export function closedModel({ connections, window, isOpen, endNs, onCredit }: ClosedModelOptions): LoadModel {
  const credits = new CreditQueue(connections.length * window);
  for (let round = 0; round < window; round++) for (const connection of connections) credits.push(connection);
  return {
    name: 'closed',
    dueNs: (scheduledNs, nowNs) =>
      credits.size > 0 && nowNs < endNs() && scheduledNs !== Number.POSITIVE_INFINITY
        ? nowNs
        : Number.POSITIVE_INFINITY,
    pick: () => {
      while (credits.size > 0) {
        const connection = credits.shift();
        if (isOpen(connection)) return connection;
      }
      return NONE;
    },
    settled: (connection) => {
      credits.push(connection);
      onCredit();
    },
  };
}

/**
 * Numbers without times: the closed model numbers its operations as they come.
 * @param limit the number after the last one
 */
export function countingSchedule(
  first: number,
  step: number,
  limit: number = Number.POSITIVE_INFINITY,
): ArrivalSchedule {
  let number = first;
  return {
    peekNs: () => (number < limit ? 0 : Number.POSITIVE_INFINITY),
    peekNumber: () => number,
    advance: () => {
      number += step;
    },
  };
}

/** A ring of connection numbers; a connection never holds more credits than its window, so it can't overflow. */
class CreditQueue {
  readonly #ring: Int32Array;
  #head = 0;
  #size = 0;

  constructor(capacity: number) {
    this.#ring = new Int32Array(Math.max(1, capacity));
  }

  get size(): number {
    return this.#size;
  }

  push(connection: number): void {
    if (this.#size === this.#ring.length) return;
    this.#ring[(this.#head + this.#size) % this.#ring.length] = connection;
    this.#size++;
  }

  shift(): number {
    const connection = this.#ring[this.#head] as number;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#size--;
    return connection;
  }
}
