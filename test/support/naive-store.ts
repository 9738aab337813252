import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';

/**
 * The rules of NIP-01, NIP-09, NIP-50, NIP-59 and NIP-62 in their plainest form: one list, scanned for everything, written without
 * the code under test. Slow on purpose.
 */
export class NaiveStore {
  #events: NostrEvent[] = [];
  readonly #deletions: NostrEvent[] = [];
  readonly #vanished: { readonly pubkey: string; readonly until: number }[] = [];

  /** What the real store is expected to answer. */
  add(event: NostrEvent): 'stored' | 'duplicate' | 'superseded' | 'deleted' {
    if (this.#events.some((other) => other.id === event.id)) return 'duplicate';
    if (this.#deletions.some((deletion) => naiveDeletes(deletion, event))) return 'deleted';
    if (this.#vanished.some(({ pubkey, until }) => naiveVanishes(pubkey, until, event))) return 'deleted';
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

  vanish(pubkey: string, until: number): void {
    this.#vanished.push({ pubkey, until });
    this.#events = this.#events.filter((event) => !naiveVanishes(pubkey, until, event));
  }

  /** The ids that a query returns, in order. */
  query(filters: readonly (Filter & { limit: number })[], readers?: readonly string[]): string[] {
    const found = new Set<NostrEvent>();
    for (const filter of filters) {
      const matches = this.#matches(filter, readers).sort(naiveOrder);
      if (filter.search !== undefined) matches.sort((a, b) => naiveScore(filter, b) - naiveScore(filter, a));
      for (const event of matches.slice(0, filter.limit)) found.add(event);
    }
    const isSearch = filters.some(({ search }) => search !== undefined);
    const events = isSearch ? [...found] : [...found].sort(naiveOrder);
    return events.map((event) => event.id);
  }

  count(filters: readonly Filter[], readers?: readonly string[]): number {
    return new Set(filters.flatMap((filter) => this.#matches(filter, readers))).size;
  }

  /** Time and id of everything that matches, newest first; null where that is more than `max`. */
  list(filter: Filter, max: number, readers?: readonly string[]): object[] | null {
    const { search: _search, limit = Number.POSITIVE_INFINITY, ...others } = filter;
    const matches = this.#matches(others, readers).sort(naiveOrder).slice(0, limit);
    return matches.length > max ? null : matches.map(({ created_at, id }) => ({ created_at, id }));
  }

  #matches(filter: Filter, readers?: readonly string[]): NostrEvent[] {
    return this.#events.filter(
      (event) =>
        naiveMatches(filter, event) &&
        naiveScore(filter, event) > 0 &&
        (event.kind !== 1_059 ||
          readers === undefined ||
          naiveRecipients(event).some((p) => readers.includes(p))),
    );
  }
}

function naiveRecipients(event: NostrEvent): string[] {
  return event.kind === 1_059 ? event.tags.filter(([name]) => name === 'p').map((tag) => tag[1] ?? '') : [];
}

/** 0 where a word of the search is not in the content; words are of a-z, parted by anything else. */
function naiveScore(filter: Filter, event: NostrEvent): number {
  const terms = (filter.search ?? '').split(' ').filter((term) => !term.includes(':'));
  const wanted = [
    ...new Set(
      terms
        .join(' ')
        .toLowerCase()
        .split(/[^a-z]/),
    ),
  ].filter((word) => word !== '');
  const words = event.content.toLowerCase().split(/[^a-z]/);
  const counts = wanted.map((word) => words.filter((other) => other === word).length);
  if (counts.includes(0)) return 0;
  return counts.length === 0 ? 1 : counts.reduce((score, count) => score + count / (count + 1), 0);
}

function naiveVanishes(pubkey: string, until: number, event: NostrEvent): boolean {
  if (event.kind === 62 || event.created_at > until) return false;
  return event.pubkey === pubkey || naiveRecipients(event).includes(pubkey);
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
  if (event.kind === 5 || event.kind === 62) return false;
  const isAuthor = event.pubkey === deletion.pubkey;
  return deletion.tags.some(
    ([name, value]) =>
      (name === 'e' &&
        value === event.id &&
        (isAuthor || naiveRecipients(event).includes(deletion.pubkey))) ||
      (name === 'a' && isAuthor && value === address(event) && event.created_at <= deletion.created_at),
  );
}
