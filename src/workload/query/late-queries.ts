import { NONE, type PendingTable } from '../../wire/pending-table.ts';
import { LateReplies, type LateRepliesOptions } from '../late-replies.ts';
import type { StoredEvents } from './stored-events.ts';

/** How a query has ended, for what comes after its end: without an answer, by our CLOSE, or by its EOSE. */
export const QUERY_END = { givenUp: 0, stopped: 1, complete: 2 } as const;

/** What a relay says of queries that are over on this side. */
export class LateQueries {
  readonly #late: LateReplies;
  readonly #stored: StoredEvents;
  readonly #sendClose: (connection: number, sequence: number) => void;

  /** @param sendClose ends a subscription that nobody waits for any more */
  constructor(
    options: LateRepliesOptions,
    stored: StoredEvents,
    sendClose: (connection: number, sequence: number) => void,
  ) {
    this.#late = new LateReplies(options);
    this.#stored = stored;
    this.#sendClose = sendClose;
  }

  /** The query in `entry` of `waiting` is over since `overNs`; it remains there. */
  add(waiting: PendingTable, entry: number, overNs: number, how: number): void {
    this.#late.add(waiting, entry, overNs, how);
  }

  /**
   * Until it has seen the CLOSE a relay may send live matches; stored ones are to come before EOSE (NIP-01).
   * @returns false where no such query is over
   */
  onEvent(connection: number, sequence: number, frame: Buffer): boolean {
    const over = this.#find(connection, sequence);
    if (over === NONE) return false;
    this.#late.count(over);
    if (this.#late.tagOf(over) === QUERY_END.complete)
      this.#stored.onAfterEose({ connection, sequence, phase: this.#late.phaseOf(over) }, frame);
    return true;
  }

  /** @returns false also for the second EOSE of a query: NIP-01 knows one */
  onEose(connection: number, sequence: number): boolean {
    const over = this.#find(connection, sequence);
    if (over === NONE || this.#late.tagOf(over) === QUERY_END.complete) return false;
    this.#late.count(over);
    if (this.#late.tagOf(over) === QUERY_END.givenUp) this.#sendClose(connection, sequence);
    this.#late.setTag(over, QUERY_END.complete);
    return true;
  }

  /** A relay may answer CLOSE by CLOSED. @returns as of {@link onEvent} */
  onClosed(connection: number, sequence: number): boolean {
    const over = this.#find(connection, sequence);
    if (over === NONE) return false;
    if (this.#late.tagOf(over) === QUERY_END.givenUp) this.#late.count(over);
    this.#late.forget(over);
    return true;
  }

  onConnectionClosed(connection: number): void {
    this.#late.onConnectionClosed(connection);
  }

  /** Queries are known by their connection and their sequence number. */
  #find(connection: number, sequence: number): number {
    return this.#late.find(connection, sequence, connection);
  }
}
