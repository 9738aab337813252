import type { RunRecord } from '../record/schema.ts';

/**
 * What reports call the relays of a run: by the name that the command line gave one, else by its address.
 * @param withAddress whether the address follows the name
 */
export function relayNames({ target: { urls, relays = [] } }: RunRecord, withAddress = false): string[] {
  return urls.map((url) => {
    const name = relays.find((relay) => relay.url === url)?.name;
    if (name === undefined) return url;
    return withAddress ? `${name} (${url})` : name;
  });
}
