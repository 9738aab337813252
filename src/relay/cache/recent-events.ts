import { LRUCache } from 'lru-cache';
import type { StoredEvent } from '../store/stored-event.ts';
import { isIdKey } from './cache-key.ts';

/** Events that came last, the characters of all of them together, and how long they are kept. */
const ENTRIES_MAX = 2_000;
const CHARACTERS_MAX = 8 * 2 ** 20;
const KEEP_MS = 10_000;
/** Keys that are remembered as removed: longer than any message of a relay that is late. */
const REMOVED_MAX = 10_000;
const REMOVED_MS = 60_000;

/**
 * Events that have just been stored, here or by another relay, by key: who reads one right after its OK, wherever, finds it
 * without waiting for a replica. They are kept apart from what is asked for, so that many new ones push out none of that.
 * Which relay stored an event and which removed it differ: its removal may be heard of first, and is remembered.
 */
export class RecentEvents {
  readonly #events = new LRUCache<string, StoredEvent>({
    max: ENTRIES_MAX,
    maxSize: CHARACTERS_MAX,
    sizeCalculation: ({ json }) => 1 + json.length,
    ttl: KEEP_MS,
  });
  readonly #removed = new LRUCache<string, true>({ max: REMOVED_MAX, ttl: REMOVED_MS });

  /** Undefined for none that came lately. */
  get(key: string): StoredEvent | undefined {
    return this.#events.get(key);
  }

  /** Keeps an event that is stored, unless its removal was heard of before. */
  add(key: string, event: StoredEvent): void {
    if (!this.#removed.has(key)) this.#events.set(key, event);
  }

  /**
   * An event is gone, and does not come again. An address is not remembered: nothing is kept by one, and versions that are
   * replaced all the time would push out what was removed.
   */
  remove(key: string): void {
    if (!isIdKey(key)) return;
    this.#events.delete(key);
    this.#removed.set(key, true);
  }

  /** Forgets all events, because it may have missed what changed; what was removed stays so. */
  clear(): void {
    this.#events.clear();
  }
}
