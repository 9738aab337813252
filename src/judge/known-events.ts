import type { Filter } from '../nostr/filter.ts';

/** What answers are judged by, of an event that the run knows. */
export interface KnownEvent {
  readonly id: string;
  readonly pubkey: string;
  readonly kind: number;
  readonly created_at: number;
}

/**
 * The events that a run publishes, by their number in the order of publication. Only what can be said of them without
 * asking the relay; the index of a corpus is one.
 */
export interface KnownEvents {
  /** The number of the event with that id; −1 where the run does not know it: another client's. */
  numberOf(id: string): number;
  kindOf(number: number): number;
  eventAt(number: number): KnownEvent;
  /** Which event deletes or replaces this one; its own number where it is never stored, Infinity where none does. */
  endOf(number: number): number;
  /** Whether a relay may rightly not answer with that event although it has it. */
  isWithheld(number: number): boolean;
  /** The numbers of all events that match, whether or not they are still stored, in the order of query results. */
  matching(filter: Filter): Iterable<number>;
}
