import type { NostrEvent } from './event.ts';
import { VANISH_KIND } from './kinds.ts';
import { hostOf } from './nip42.ts';

/** In place of a URL: the request is for every relay. */
const ALL_RELAYS = 'ALL_RELAYS';

/**
 * Whether an event asks a relay to delete everything of its author (NIP-62).
 * @param hosts host names of the relay
 */
export function asksToVanish(event: NostrEvent, hosts: ReadonlySet<string>): boolean {
  if (event.kind !== VANISH_KIND) return false;
  return event.tags.some(([name, value = '']) => {
    if (name !== 'relay') return false;
    return value === ALL_RELAYS || hosts.has(hostOf(value) ?? '');
  });
}
