import { compareNewestFirst, type Ordered } from '../../nostr/kinds.ts';
import type { EventFacts } from './event-facts.ts';
import { isAcknowledged, isIndeterminate, type Operation } from './operation.ts';

/** The versions of one address, as far as they can still be the one that is kept. */
export interface Versions {
  /** The newest that was acknowledged (NIP-01: of one second the lowest id). */
  readonly newest: Operation | null;
  /** Newer ones of which nobody knows whether they are stored. */
  readonly perhaps: readonly Operation[];
}

/**
 * Which version of each address has to survive. Its memory grows with the addresses, not with their versions: what is older
 * than an acknowledged version is forgotten.
 */
export class VersionBook {
  readonly #byAddress = new Map<string, Versions>();

  learn(operation: Operation): void {
    const address = operation.facts.special?.address;
    if (address === undefined) return;
    const { newest, perhaps } = this.#byAddress.get(address) ?? { newest: null, perhaps: [] };
    const next =
      isAcknowledged(operation) && isNewer(operation.facts, newest?.facts ?? null) ? operation : newest;
    const open = isIndeterminate(operation) ? [...perhaps, operation] : perhaps;
    this.#byAddress.set(address, {
      newest: next,
      perhaps: open.filter(({ facts }) => isNewer(facts, next?.facts ?? null)),
    });
  }

  *[Symbol.iterator](): IterableIterator<readonly [string, Versions]> {
    yield* this.#byAddress;
  }

  get size(): number {
    return this.#byAddress.size;
  }
}

/** Whether a version replaces another; any replaces none. */
export function isNewer(version: Ordered, other: Ordered | null): boolean {
  return other === null || compareNewestFirst(version, other) < 0;
}

/** What is wrong with the versions that the relay processes keep of one address. */
export type VersionFault =
  /** The newest acknowledged version is not there: an older one is, or none. */
  | { readonly kind: 'stale'; readonly relay: number; readonly got: Ordered | null }
  /** Relays keep different ones, each of which might be right. */
  | { readonly kind: 'diverging'; readonly relay: number; readonly got: Ordered };

/**
 * Judges what each relay returns of an address by NIP-01: every one must keep the same version, and none that is older than
 * the newest acknowledged one. Newer ones that the history does not know are another client's.
 * @param newest the newest acknowledged version
 * @param kept by relay; null where it returned none
 */
export function judgeVersions(
  newest: Pick<EventFacts, 'id' | 'created_at'>,
  kept: readonly (Ordered | null)[],
): VersionFault[] {
  const faults: VersionFault[] = [];
  const right: { readonly relay: number; readonly got: Ordered }[] = [];
  kept.forEach((got, relay) => {
    if (got === null || isNewer(newest, got)) faults.push({ kind: 'stale', relay, got });
    else right.push({ relay, got });
  });
  const best = right.reduce<Ordered | null>((most, { got }) => (isNewer(got, most) ? got : most), null);
  for (const { relay, got } of right) if (got.id !== best?.id) faults.push({ kind: 'diverging', relay, got });
  return faults;
}
