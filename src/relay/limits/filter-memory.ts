import type { Filter } from '../../nostr/filter.ts';

/** Measured on the heap of Node 20: what one filter takes, and each of its values besides its text. */
const FILTER_BYTES = 1_024;
const VALUE_BYTES = 120;
/** Bytes of a character in memory, at most. */
const CHARACTER_BYTES = 2;

/** Estimated bytes that filters take as long as their subscription is open. */
export function filterBytes(filters: readonly Filter[]): number {
  let bytes = 0;
  for (const filter of filters) {
    bytes += FILTER_BYTES + CHARACTER_BYTES * (filter.search?.length ?? 0);
    for (const field of Object.values(filter)) if (Array.isArray(field)) bytes += listBytes(field);
  }
  return bytes;
}

function listBytes(values: readonly unknown[]): number {
  let bytes = values.length * VALUE_BYTES;
  for (const value of values) if (typeof value === 'string') bytes += value.length;
  return bytes;
}

/** One connection and what its filters take. */
export interface FilterHolder {
  readonly filterBytes: number;
  /** Ends the subscription of it that takes most. @returns its bytes; 0 where it has none */
  endLargest(): number;
}

/**
 * What the filters of all connections take together. Beyond the limit the connection that holds most loses subscriptions,
 * until there is room again: somebody with a few filters loses nothing by those with many.
 */
export class FilterMemory {
  readonly #limitBytes: number;
  readonly #holders = new Set<FilterHolder>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Bytes of all connections together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A connection holds more than before: {@link FilterHolder.filterBytes} says so already. */
  take(holder: FilterHolder, bytes: number): void {
    this.#holders.add(holder);
    this.#bytes += bytes;
    while (this.#bytes > this.#limitBytes) {
      // The holder gives back what it ends, see release.
      if (heaviest(this.#holders).endLargest() === 0) return;
    }
  }

  /** A connection holds less than before. */
  release(holder: FilterHolder, bytes: number): void {
    this.#bytes -= bytes;
    if (holder.filterBytes === 0) this.#holders.delete(holder);
  }
}

function heaviest(holders: Iterable<FilterHolder>): FilterHolder {
  let found: FilterHolder | null = null;
  for (const holder of holders) if (found === null || holder.filterBytes > found.filterBytes) found = holder;
  if (found === null) throw new Error('filters take memory, but nobody holds them');
  return found;
}
