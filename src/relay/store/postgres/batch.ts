import { compareNewestFirst, DELETION_KIND } from '../../../nostr/kinds.ts';
import type { AddOutcome } from '../store.ts';
import type { StoredEvent } from '../stored-event.ts';
import { ownersOf } from '../tombstones.ts';

/** What events depend on that come after some others. */
class Earlier {
  readonly #owners = new Set<string>();
  readonly #named = new Set<string>();
  readonly #ids = new Set<string>();
  readonly #addresses = new Set<string>();

  add(event: StoredEvent): void {
    this.#ids.add(event.id);
    if (event.address !== null) this.#addresses.add(event.address);
    if (event.kind !== DELETION_KIND) return;
    this.#owners.add(event.pubkey);
    for (const [name, value] of event.tags) if (name === 'e') this.#named.add(value + event.pubkey);
  }

  /** Whether the outcome of an event may depend on the requests to delete. */
  isConcernedByRequests(event: StoredEvent): boolean {
    if (this.#owners.size === 0) return false;
    const owners = ownersOf(event).filter((owner) => this.#owners.has(owner));
    if (owners.length === 0) return false;
    return event.address !== null || owners.some((owner) => this.#named.has(event.id + owner));
  }

  /** Whether this very version is among them. */
  hasVersion({ id, address }: StoredEvent): boolean {
    return address !== null && this.#ids.has(id);
  }

  /** Whether it matters that they are stored before: the same event, a version of the same address, what a request names. */
  hasRelated(event: StoredEvent): boolean {
    if (this.#ids.has(event.id) || (event.address !== null && this.#addresses.has(event.address)))
      return true;
    if (this.isConcernedByRequests(event)) return true;
    return event.kind === DELETION_KIND && event.tags.some(([, value]) => this.#holds(value));
  }

  #holds(named: string): boolean {
    return this.#ids.has(named) || this.#addresses.has(named);
  }
}

/**
 * Which of the waiting events, by their places, may be stored together so that the outcome is that of one after the
 * other. Requests to delete are carried out at the end of a batch, so an event that such a request before it may concern
 * is left for a later one; so is a version that the batch already holds, which another may have replaced meanwhile, and
 * whatever has to come after an event that is on its way. What has an owner in common with an event that is left has to
 * come after it; events of different owners have nothing to do with each other.
 */
export function selectBatch(
  events: Iterable<StoredEvent>,
  max: number,
  onTheirWay: Iterable<StoredEvent> = [],
): number[] {
  const [before, within] = [new Earlier(), new Earlier()];
  for (const event of onTheirWay) before.add(event);
  const selected: number[] = [];
  const left = new Set<string>();
  let place = 0;
  for (const event of events) {
    if (selected.length === max) break;
    const owners = ownersOf(event);
    const hasToWait =
      (left.size > 0 && owners.some((owner) => left.has(owner))) ||
      within.isConcernedByRequests(event) ||
      within.hasVersion(event) ||
      before.hasRelated(event);
    if (hasToWait) for (const owner of owners) left.add(owner);
    else {
      within.add(event);
      selected.push(place);
    }
    place++;
  }
  return selected;
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
