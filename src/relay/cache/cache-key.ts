import { kindClass } from '../../nostr/kinds.ts';
import { GIFT_WRAP_KIND } from '../../nostr/nip59.ts';
import type { LimitedFilter } from '../store/store.ts';
import type { RemovedEvent, StoredEvent } from '../store/stored-event.ts';

/** Keys that one filter may ask for, because their events are read whole; a longer one goes to the store. */
const KEYS_MAX = 100;
/** Direct messages (NIP-04): nobody but the two of them asks for these, so nothing is gained by keeping them. */
const DIRECT_MESSAGE_KIND = 4;

/** A filter whose answer is put together from single events. */
export interface KeyedFilter {
  readonly keys: readonly string[];
  /** The filter that asks the store for some of the keys. */
  readonly filterFor: (keys: readonly string[]) => LimitedFilter;
}

/** The key under which an event is kept: its address, or its id where all versions are kept. */
export function cacheKey({ id, address }: RemovedEvent): string {
  return address === null ? idKey(id) : addressKey(address);
}

/** The key of a regular event. */
export function idKey(id: string): string {
  return `i:${id}`;
}

/** Whether a key is that of a regular event, not of an address. */
export function isIdKey(key: string): boolean {
  return key.startsWith('i:');
}

/** The key of the current version of an address (`kind:pubkey:d`). */
export function addressKey(address: string): string {
  return `a:${address}`;
}

/** Whether what was found under a key may be kept: the absence of an address, but not that of an id, which nobody would undo. */
export function isKeepable(key: string, event: StoredEvent | null): boolean {
  if (event === null) return key.startsWith('a:');
  const isCurrentForEver = key.startsWith('a:') || kindClass(event.kind) === 'regular';
  return isCurrentForEver && isCacheable(event);
}

/** Whether an event may be kept where all relays find it: not what is meant for few (NIP-04, NIP-59, NIP-70). */
export function isCacheable({ kind, json }: StoredEvent): boolean {
  return kind !== DIRECT_MESSAGE_KIND && kind !== GIFT_WRAP_KIND && !json.includes('["-"');
}

/** The keys of a filter that asks for ids, or for the current versions of addresses; null for any other. */
export function keyedFilter(filter: LimitedFilter): KeyedFilter | null {
  const { limit, ids, ...rest } = filter;
  const keyed = ids === undefined ? byAddress(rest) : Object.keys(rest).length === 0 ? byId(ids) : null;
  return keyed === null || keyed.keys.length > Math.min(KEYS_MAX, limit) ? null : keyed;
}

function byId(ids: readonly string[]): KeyedFilter {
  return {
    keys: [...new Set(ids)].map(idKey),
    filterFor: (keys) => ({ ids: keys.map((key) => key.slice(2)), limit: keys.length }),
  };
}

type Conditions = Omit<LimitedFilter, 'limit' | 'ids'>;

/** `authors` and `kinds` that are all replaceable, and nothing else. */
function byAddress({ authors, kinds, ...rest }: Conditions): KeyedFilter | null {
  if (authors === undefined || kinds === undefined || Object.keys(rest).length > 0) return null;
  if (!kinds.every((kind) => kindClass(kind) === 'replaceable')) return null;
  const keys = new Set<string>();
  for (const kind of kinds) for (const author of authors) keys.add(addressKey(`${kind}:${author}:`));
  return { keys: [...keys], filterFor: addressFilter };
}

/** A filter that finds the addresses; it may find more, which does no harm. */
function addressFilter(keys: readonly string[]): LimitedFilter {
  const parts = keys.map((key) => key.slice(2).split(':'));
  const kinds = [...new Set(parts.map(([kind]) => Number(kind)))];
  const authors = [...new Set(parts.map(([, author = '']) => author))];
  return { authors, kinds, limit: kinds.length * authors.length };
}
