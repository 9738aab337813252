import { classifyKind, EventDeletion } from 'nostr-tools/kinds';
import type { UnsignedEvent } from './event.ts';

/** How a relay treats a kind (NIP-01). */
export type KindClass = 'regular' | 'replaceable' | 'ephemeral' | 'addressable';

/** The kind of a deletion request (NIP-09). */
export const DELETION_KIND = EventDeletion;

/** The kind of a request to vanish (NIP-62), which nostr-tools does not name. */
export const VANISH_KIND = 62;

/** Classes as nostr-tools calls them; kinds that NIP-01 puts in no class (40000 and above) are kept like regular ones. */
const CLASSES: Readonly<Record<ReturnType<typeof classifyKind>, KindClass>> = {
  regular: 'regular',
  replaceable: 'replaceable',
  ephemeral: 'ephemeral',
  parameterized: 'addressable',
  unknown: 'regular',
};

/** The class of a kind (NIP-01). */
export function kindClass(kind: number): KindClass {
  return CLASSES[classifyKind(kind)];
}

/** Whether of several events of this kind with one address only the newest stays (NIP-01). */
export function hasVersions(kind: number): boolean {
  const group = kindClass(kind);
  return group === 'replaceable' || group === 'addressable';
}

/** The first value of the first `d` tag; a missing tag or value is the empty string (NIP-01). */
export function dTag(event: Pick<UnsignedEvent, 'tags'>): string {
  return event.tags.find((tag) => tag[0] === 'd')?.[1] ?? '';
}

/**
 * The address of which a relay keeps one version, written as in an `a` tag: `kind:pubkey:d`. The `d` of a
 * replaceable kind is empty whatever its tags say. Null where all versions are kept (regular, ephemeral).
 */
export function replaceableAddress(event: Pick<UnsignedEvent, 'kind' | 'pubkey' | 'tags'>): string | null {
  const group = kindClass(event.kind);
  if (group === 'replaceable') return `${event.kind}:${event.pubkey}:`;
  return group === 'addressable' ? `${event.kind}:${event.pubkey}:${dTag(event)}` : null;
}

/** What the order of events depends on. */
export interface Ordered {
  readonly created_at: number;
  readonly id: string;
}

/**
 * The order of query results (NIP-01): newest first, in the same second the lowest id first. For two
 * versions of one address the first in this order is the one to keep.
 * @returns negative when `a` comes first, 0 only for the same event
 */
export function compareNewestFirst(a: Ordered, b: Ordered): number {
  if (a.created_at !== b.created_at) return b.created_at - a.created_at;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
