import type { Rule } from '../../judge/rules.ts';
import { compareNewestFirst, type Ordered } from '../../nostr/kinds.ts';

const ONE_VERSION: Rule = {
  nip: 'NIP-01',
  quote:
    'for each combination of pubkey and kind, only the latest event MUST be stored by relays, older versions MAY be discarded',
};

/**
 * What is wrong with what is left of an address, each with what NIP-01 says of it:
 * - `missing`: nothing is left
 * - `several`: more than one version is returned
 * - `stale`: a version is left that is older than another one that the relay took, or refused as older than what it has
 * - `tie`: of two versions of the same second the one with the higher id is left
 * - `diverged`: another version on another relay process, each of which could be right
 */
export const SURVIVOR_RULES = {
  missing: ONE_VERSION,
  several: {
    nip: 'NIP-01',
    quote: 'even if the relay has more than one version stored, it SHOULD return just the latest one',
  },
  stale: ONE_VERSION,
  tie: {
    nip: 'NIP-01',
    quote:
      'In case of replaceable events with the same timestamp, the event with the lowest id (first in lexical order) should be retained, and the other discarded',
  },
  diverged: ONE_VERSION,
} as const satisfies Record<string, Rule>;

export type SurvivorFault = keyof typeof SURVIVOR_RULES;

/** What a run knows of one address. */
export interface KnownAddress {
  /**
   * The newest version that the relay took, or refused because it had a newer one; null where there is none: what is left
   * can't be older.
   */
  readonly newest: Ordered | null;
  /** Ids of versions that were never answered: the relay may have them or not. */
  readonly uncertain: ReadonlySet<string>;
}

/**
 * Judges what a relay returns for an address. `foreign`: what is left is newer than all that this run has sent, so that
 * somebody else writes there and nothing can be said.
 */
export function judgeSurvivor(
  { newest, uncertain }: KnownAddress,
  left: readonly Ordered[],
): 'right' | 'foreign' | Exclude<SurvivorFault, 'diverged'> {
  const [first] = left;
  if (first === undefined) return newest === null ? 'right' : 'missing';
  if (left.some(({ id }) => id !== first.id)) return 'several';
  const order = newest === null ? -1 : compareNewestFirst(first, newest);
  if (order === 0 || (order < 0 && uncertain.has(first.id))) return 'right';
  if (order < 0) return 'foreign';
  return first.created_at === newest?.created_at ? 'tie' : 'stale';
}
