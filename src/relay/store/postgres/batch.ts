import { compareNewestFirst, DELETION_KIND } from '../../../nostr/kinds.ts';
import type { AddOutcome } from '../store.ts';
import type { StoredEvent } from '../stored-event.ts';
import { ownersOf } from '../tombstones.ts';

/** What the requests to delete in a batch may concern. */
class Requests {
  readonly #owners = new Set<string>();
  readonly #named = new Set<string>();

  add(request: StoredEvent): void {
    this.#owners.add(request.pubkey);
    for (const [name, value] of request.tags) if (name === 'e') this.#named.add(value + request.pubkey);
  }

  /** Whether the outcome of an event that comes after the requests may depend on them. */
  mayConcern(event: StoredEvent): boolean {
    if (this.#owners.size === 0) return false;
    const owners = ownersOf(event).filter((owner) => this.#owners.has(owner));
    if (owners.length === 0) return false;
    return event.address !== null || owners.some((owner) => this.#named.has(event.id + owner));
  }
}

/**
 * For a batch it is looked at so many times the events, and owners of them, that it may hold: who sends what all has to wait
 * for what is before it has nobody look at all of it again and again.
 */
const LOOKED_AT = 4;
const OWNERS_LOOKED_AT = 64;

/** A batch that is being put together, and what is left of the events that were looked at. */
class Selection {
  readonly #requests = new Requests();
  /** Ids of its events that have an address. */
  readonly #versions = new Set<string>();
  /** Owners of events that are left. */
  readonly #left = new Set<string>();

  /** Owners of the events that were looked at, each as often as it owns one. */
  looked = 0;

  /** Whether an event is one of the batch. */
  takes(event: StoredEvent): boolean {
    const owners = ownersOf(event);
    this.looked += owners.length;
    if (this.#isBehind(owners) || this.#requests.mayConcern(event) || this.#versions.has(event.id)) {
      for (const owner of owners) this.#left.add(owner);
      return false;
    }
    if (event.kind === DELETION_KIND) this.#requests.add(event);
    if (event.address !== null) this.#versions.add(event.id);
    return true;
  }

  #isBehind(owners: readonly string[]): boolean {
    return this.#left.size > 0 && owners.some((owner) => this.#left.has(owner));
  }
}

/**
 * Which of the waiting events, by their places, may be stored together so that the outcome is that of one after the
 * other. Requests to delete are carried out at the end of a batch, so an event that such a request before it may concern
 * is left for a later one; so is a version that the batch already holds, which another may have replaced meanwhile. What
 * has an owner in common with an event that is left has to come after it; events of different owners have nothing to do
 * with each other.
 */
export function selectBatch(events: Iterable<StoredEvent>, max: number): number[] {
  const selection = new Selection();
  const places: number[] = [];
  let place = 0;
  for (const event of events) {
    if (places.length === max || place === LOOKED_AT * max || selection.looked > OWNERS_LOOKED_AT * max)
      break;
    if (selection.takes(event)) places.push(place);
    place++;
  }
  return places;
}

/** The version of an address that is stored, as far as its rivals need to know it. */
export type Version = Pick<StoredEvent, 'id' | 'created_at'>;

/** The versions of one address in a batch, in the order in which they came. */
export interface Rivals {
  /** The one that wins among them. */
  readonly best: StoredEvent;
  readonly versions: readonly StoredEvent[];
}

/** Groups the events of a batch that have an address by it; ordered by address, as locks must be taken. */
export function rivalsOf(events: readonly StoredEvent[]): Rivals[] {
  const groups = new Map<string, StoredEvent[]>();
  for (const event of events) {
    if (event.address === null) continue;
    const group = groups.get(event.address);
    if (group === undefined) groups.set(event.address, [event]);
    else group.push(event);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, versions]) => ({
      versions,
      best: versions.reduce((best, version) => (compareNewestFirst(version, best) < 0 ? version : best)),
    }));
}

/**
 * What became of each version, as if one had been stored after the other.
 * @param before the version that was stored before all of them, or null
 */
export function settleRivals(versions: readonly StoredEvent[], before: Version | null): AddOutcome[] {
  let current = before;
  return versions.map((version) => {
    const order = current === null ? -1 : compareNewestFirst(version, current);
    if (order === 0) return 'duplicate';
    if (order > 0) return 'superseded';
    current = version;
    return 'stored';
  });
}
