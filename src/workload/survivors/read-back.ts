import { setTimeout as sleep } from 'node:timers/promises';
import type { NostrEvent } from '../../nostr/event.ts';
import type { Filter } from '../../nostr/filter.ts';
import type { WrittenAddress } from './addresses.ts';
import { judgeSurvivor, type SurvivorFault } from './judge-survivor.ts';
import type { Reader } from './reader.ts';

/** A relay process, or what stands for one, and a connection to it. */
export interface Place {
  readonly connection: number;
}

/** What was found at one place for one address. */
export interface FoundSurvivor {
  readonly address: WrittenAddress;
  readonly connection: number;
  readonly filter: Filter;
  readonly left: readonly NostrEvent[];
  readonly outcome: 'right' | 'foreign' | 'unread' | SurvivorFault;
}

/** What the last write has changed may take its time to reach a replica or a cache: it is asked for again after these waits. */
const AGAIN_AFTER_MS = [200, 1_000, 3_000];
/** Questions that one connection has open. */
const AT_ONCE = 16;

/**
 * Reads every address back at every place, until it is what it must be or has had its time.
 * @returns one for each address and place
 */
export async function readBack(
  reader: Pick<Reader, 'ask'>,
  addresses: readonly WrittenAddress[],
  places: readonly Place[],
  againAfterMs: readonly number[] = AGAIN_AFTER_MS,
): Promise<readonly FoundSurvivor[]> {
  let found = await askAll(reader, places, addresses);
  for (const waitMs of againAfterMs) {
    const wrong = new Set(found.filter(({ outcome }) => outcome !== 'right').map(({ address }) => address));
    if (wrong.size === 0) break;
    await sleep(waitMs);
    const again = await askAll(reader, places, [...wrong]);
    found = [...found.filter(({ address }) => !wrong.has(address)), ...again];
  }
  return found;
}

async function askAll(
  reader: Pick<Reader, 'ask'>,
  places: readonly Place[],
  addresses: readonly WrittenAddress[],
): Promise<readonly FoundSurvivor[]> {
  const each = await Promise.all(places.map((place) => askAt(reader, place, addresses)));
  return withDivergence(each.flat());
}

async function askAt(
  reader: Pick<Reader, 'ask'>,
  { connection }: Place,
  addresses: readonly WrittenAddress[],
): Promise<readonly FoundSurvivor[]> {
  const found: FoundSurvivor[] = [];
  for (let at = 0; at < addresses.length; at += AT_ONCE) {
    const asked = addresses.slice(at, at + AT_ONCE).map((address) => askFor(reader, connection, address));
    found.push(...(await Promise.all(asked)));
  }
  return found;
}

async function askFor(
  reader: Pick<Reader, 'ask'>,
  connection: number,
  address: WrittenAddress,
): Promise<FoundSurvivor> {
  const { kind, pubkey, d } = address;
  const filter: Filter = { kinds: [kind], authors: [pubkey], ...(d === '' ? {} : { '#d': [d] }) };
  const answer = await reader.ask(connection, filter);
  const head = { address, connection, filter };
  if ('problem' in answer) return { ...head, left: [], outcome: 'unread' };
  return { ...head, left: answer.events, outcome: judgeSurvivor(address, answer.events) };
}

/** Where several versions could be right, they must be the same one everywhere all the same. */
function withDivergence(found: readonly FoundSurvivor[]): readonly FoundSurvivor[] {
  const first = new Map<WrittenAddress, string>();
  return found.map((one) => {
    const id = one.left[0]?.id ?? '';
    if (one.outcome !== 'right') return one;
    const other = first.get(one.address) ?? id;
    first.set(one.address, other);
    return other === id ? one : { ...one, outcome: 'diverged' };
  });
}
