import type { RelayInformationResult } from '../../nostr/nip11-fetch.ts';
import type { OriginInformation } from './catch-up.ts';

/** What an origin that does not say how much it returns for a filter is believed to return. */
const MAX_LIMIT_ASSUMED = 100;
const RECONCILIATION_NIP = 77;

/**
 * Reads what an origin says of itself (NIP-11). That it has no document is an answer; where none comes, what it said last
 * still holds.
 * @param fetch asks for the document
 * @returns throws Error where no answer comes and it has said nothing before
 */
export function informationReader(
  fetch: () => Promise<RelayInformationResult>,
): () => Promise<OriginInformation> {
  let last: OriginInformation | null = null;
  return async () => {
    const result = await fetch();
    if (result.information !== null || result.isAbsent) last = informationOf(result);
    else if (last === null) throw new Error(`its information document cannot be read: ${result.reason}`);
    return last;
  };
}

function informationOf({ information }: RelayInformationResult): OriginInformation {
  const limit = information?.limitation?.max_limit ?? MAX_LIMIT_ASSUMED;
  return {
    maxLimit: Number.isSafeInteger(limit) && limit >= 1 ? limit : MAX_LIMIT_ASSUMED,
    reconciles: information?.supported_nips?.includes(RECONCILIATION_NIP) === true,
  };
}
