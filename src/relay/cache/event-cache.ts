import { LRUCache } from 'lru-cache';
import type { StoredEvent } from '../store/stored-event.ts';
import { type EventRow, eventRow, TextEvent } from '../store/text-event.ts';
import { isKeepable } from './cache-key.ts';
import type { CacheStats } from './cache-stats.ts';
import { RecentEvents } from './recent-events.ts';
import type { SecondLayer } from './second-layer.ts';

/** What a cache of single events is given. */
export interface EventCacheOptions {
  /** Null for a cache of one layer. */
  readonly secondLayer: SecondLayer | null;
  readonly stats: CacheStats;
  /** Whether an event is known to be gone, though the second layer has it; default none is. */
  readonly isGone?: (event: StoredEvent) => boolean;
}

/** Events of the first layer, the characters of all of them together, and how long they are kept there. */
const ENTRIES_MAX = 10_000;
const CHARACTERS_MAX = 32 * 2 ** 20;
const KEEP_MS = 60_000;

/** What is kept of a key: the event, or that there is none. Wrapped, because `null` is an answer. */
interface Entry {
  readonly event: StoredEvent | null;
}

/** A key that is being looked up. */
class Flight {
  readonly found: Promise<StoredEvent | null>;
  land: (event: StoredEvent | null) => void = () => undefined;
  crash: (error: unknown) => void = () => undefined;
  /** It was forgotten meanwhile: what is found may be old, and is not kept. */
  isStale = false;

  constructor() {
    this.found = new Promise((resolve, reject) => {
      this.land = resolve;
      this.crash = reject;
    });
  }
}

type Flights = ReadonlyMap<string, Flight>;

/** Looks up keys in the store; keys without an event are left out. */
export type Fetch = (keys: readonly string[]) => Promise<ReadonlyMap<string, StoredEvent>>;

/**
 * Single events by key, in two layers: first this process, then Redis, then the store (cache-aside). Of many who ask
 * for the same key at the same time one looks it up. What is forgotten while it is looked up is not kept.
 */
export class EventCache {
  readonly #options: EventCacheOptions;
  readonly #entries = new LRUCache<string, Entry>({
    max: ENTRIES_MAX,
    maxSize: CHARACTERS_MAX,
    sizeCalculation: ({ event }) => 1 + (event?.json.length ?? 0),
    ttl: KEEP_MS,
  });
  readonly #flights = new Map<string, Flight>();
  readonly #recent = new RecentEvents();

  constructor(options: EventCacheOptions) {
    this.#options = options;
  }

  /** The events of the keys, in no order; keys without an event are left out. */
  async get(keys: readonly string[], fetch: Fetch): Promise<readonly StoredEvent[]> {
    const { l1 } = this.#options.stats.layers;
    const found: (StoredEvent | null)[] = [];
    const flights: Promise<StoredEvent | null>[] = [];
    const started = new Map<string, Flight>();
    for (const key of keys) {
      const entry = this.#entries.get(key) ?? this.#recentEntry(key);
      if (entry !== undefined) found.push(entry.event);
      else {
        const known = this.#flights.get(key);
        const flight = known ?? new Flight();
        flights.push(flight.found);
        if (known === undefined) started.set(key, flight);
      }
    }
    l1.hits += found.length;
    l1.misses += flights.length;
    if (started.size > 0) void this.#lookUp(started, fetch);
    return [...found, ...(await Promise.all(flights))].filter((event) => event !== null);
  }

  /** An event was stored, here or by another relay. Who looks it up at this moment may have come too early. */
  onStored(key: string, event: StoredEvent): void {
    this.#forgetFlight(key);
    const { isGone = () => false } = this.#options;
    if (isKeepable(key, event) && !isGone(event)) this.#recent.add(key, event);
  }

  /** Forgets keys in both layers; resolves when no relay can read them any more. */
  async forget(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#entries.delete(key);
      this.#recent.remove(key);
      this.#forgetFlight(key);
    }
    await this.#options.secondLayer?.deleteMany(keys);
  }

  /** Forgets the first layer, because it may have missed what changed. */
  clear(): void {
    this.#entries.clear();
    this.#recent.clear();
    for (const key of [...this.#flights.keys()]) this.#forgetFlight(key);
  }

  #recentEntry(key: string): Entry | undefined {
    const event = this.#recent.get(key);
    return event === undefined ? undefined : { event };
  }

  /** Who asks from now on looks the key up again. */
  #forgetFlight(key: string): void {
    const flight = this.#flights.get(key);
    if (flight !== undefined) flight.isStale = true;
    this.#flights.delete(key);
  }

  async #lookUp(flights: Flights, fetch: Fetch): Promise<void> {
    for (const [key, flight] of flights) this.#flights.set(key, flight);
    try {
      const missing = await this.#readSecondLayer(flights);
      if (missing.size === 0) return;
      const events = await fetch([...missing.keys()]);
      const kept = [...missing].filter(([key, flight]) => this.#land(key, flight, events.get(key) ?? null));
      await this.#writeSecondLayer(kept, events);
    } catch (error) {
      for (const [key, flight] of flights) {
        this.#end(key, flight);
        flight.crash(error);
      }
    }
  }

  /** Lands the keys that the second layer knows; returns the others. */
  async #readSecondLayer(flights: Flights): Promise<Flights> {
    const { secondLayer, stats, isGone = () => false } = this.#options;
    if (secondLayer === null) return flights;
    const values = await secondLayer.getMany([...flights.keys()]);
    const missing = new Map<string, Flight>();
    for (const [index, [key, flight]] of [...flights].entries()) {
      const value = values[index] ?? null;
      const event = value === null ? undefined : decode(value);
      if (event === undefined || (event !== null && isGone(event))) missing.set(key, flight);
      else this.#land(key, flight, event);
    }
    stats.layers.l2.hits += flights.size - missing.size;
    stats.layers.l2.misses += missing.size;
    return missing;
  }

  /** Keeps what was found, unless it was forgotten while it was being written. */
  async #writeSecondLayer(
    kept: readonly (readonly [string, Flight])[],
    events: ReadonlyMap<string, StoredEvent>,
  ): Promise<void> {
    const { secondLayer } = this.#options;
    if (secondLayer === null) return;
    await secondLayer.setMany(kept.map(([key]) => [key, encode(events.get(key) ?? null)]));
    const stale = kept.filter(([, { isStale }]) => isStale).map(([key]) => key);
    if (stale.length > 0) await secondLayer.deleteMany(stale);
  }

  /** Answers those who wait for a key; returns whether the answer may be kept. */
  #land(key: string, flight: Flight, event: StoredEvent | null): boolean {
    this.#end(key, flight);
    const isKept = !flight.isStale && isKeepable(key, event);
    if (isKept) this.#entries.set(key, { event });
    flight.land(event);
    return isKept;
  }

  #end(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}

/** The text of an entry of the second layer: a line about the event, and its JSON; empty for no event. */
function encode(event: StoredEvent | null): string {
  if (event === null) return '';
  const [id, pubkey, createdAt, kind, expiresAt, json] = eventRow(event);
  return `${JSON.stringify([id, pubkey, createdAt, kind, expiresAt])}\n${json}`;
}

/** Undefined for what nobody here has written: it is looked up in the store, as if it were not there. */
function decode(text: string): StoredEvent | null | undefined {
  if (text === '') return null;
  const end = text.indexOf('\n');
  try {
    const [id, pubkey, createdAt, kind, expiresAt] = JSON.parse(text.slice(0, end)) as EventRow;
    return new TextEvent([id, pubkey, createdAt, kind, expiresAt, text.slice(end + 1)]);
  } catch {
    return undefined;
  }
}
