import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';

/**
 * The rules of NIP-01 and NIP-09 in their plainest form: one list, scanned for everything, written without
 * the code under test. Slow on purpose.
 */
export class NaiveStore {
  #events: NostrEvent[] = [];
  readonly #deletions: NostrEvent[] = [];

  /** What the real store is expected to answer. */
  add(event: NostrEvent): 'stored' | 'duplicate' | 'superseded' | 'deleted' {
    if (this.#events.some((other) => other.id === event.id)) return 'duplicate';
    if (this.#deletions.some((deletion) => naiveDeletes(deletion, event))) return 'deleted';
    const rivals = this.#events.filter((other) => sameAddress(other, event));
    if (rivals.some((rival) => naiveOrder(rival, event) < 0)) return 'superseded';
    this.#events = this.#events.filter((other) => !rivals.includes(other));
    if (event.kind === 5) {
      this.#deletions.push(event);
      this.#events = this.#events.filter((other) => !naiveDeletes(event, other));
    }
    this.#events.push(event);
    return 'stored';
  }

  /** The ids that a query returns, in order. */
  query(filters: readonly (Filter & { limit: number })[]): string[] {
    const found = new Set<NostrEvent>();
    for (const filter of filters) {
      const matches = this.#events.filter((event) => naiveMatches(filter, event)).sort(naiveOrder);
      for (const event of matches.slice(0, filter.limit)) found.add(event);
    }
    return [...found].sort(naiveOrder).map((event) => event.id);
  }

  count(filters: readonly Filter[]): number {
    return this.#events.filter((event) => filters.some((filter) => naiveMatches(filter, event))).length;
  }
}

/** Newest first; in the same second the lowest id first. */
export function naiveOrder(a: NostrEvent, b: NostrEvent): number {
  if (a.created_at > b.created_at) return -1;
  if (a.created_at < b.created_at) return 1;
  return a.id < b.id ? -1 : 1;
}

/** Whether all conditions of a filter hold. */
export function naiveMatches(filter: Filter, event: NostrEvent): boolean {
  const { ids, authors, kinds, since, until } = filter;
  const tagsHold = Object.entries(filter)
    .filter(([key]) => key.startsWith('#'))
    .every(([key, wanted]) => event.tags.some((tag) => tag[0] === key[1] && wanted.includes(tag[1])));
  return [
    ids === undefined || ids.includes(event.id),
    authors === undefined || authors.includes(event.pubkey),
    kinds === undefined || kinds.includes(event.kind),
    since === undefined || event.created_at >= since,
    until === undefined || event.created_at <= until,
    tagsHold,
  ].every(Boolean);
}

function address(event: NostrEvent): string | null {
  const { kind, pubkey, tags } = event;
  if (kind === 0 || kind === 3 || (kind >= 10_000 && kind < 20_000)) return `${kind}:${pubkey}:`;
  if (kind < 30_000 || kind >= 40_000) return null;
  const d = tags.filter((tag) => tag[0] === 'd')[0]?.[1] ?? '';
  return `${kind}:${pubkey}:${d}`;
}

function sameAddress(a: NostrEvent, b: NostrEvent): boolean {
  return address(a) !== null && address(a) === address(b);
}

function naiveDeletes(deletion: NostrEvent, event: NostrEvent): boolean {
  if (event.kind === 5 || event.pubkey !== deletion.pubkey) return false;
  return deletion.tags.some(
    ([name, value]) =>
      (name === 'e' && value === event.id) ||
      (name === 'a' && value === address(event) && event.created_at <= deletion.created_at),
  );
}
