import type { IncomingHttpHeaders } from 'node:http';
import { isHex64 } from '../../nostr/event.ts';
import { kindClass } from '../../nostr/kinds.ts';
import type { LimitedFilter } from '../store/store.ts';
import { cachedPage, type EventPageParts } from './cached-page.ts';
import { NOT_FOUND, type Reply } from './reply.ts';

const PATH = '/p/';
const KIND_MAX = 65_535;

/** What a path asks for; null where that is no key and no kind of which only the newest version is kept. */
function filterOf(path: string): LimitedFilter | null {
  const [pubkey, kind = '', ...rest] = path.slice(PATH.length).split('/');
  if (!isHex64(pubkey) || !/^(0|[1-9]\d{0,4})$/.test(kind) || rest.length > 0) return null;
  const number = Number(kind);
  if (number > KIND_MAX || kindClass(number) !== 'replaceable') return null;
  return { authors: [pubkey], kinds: [number], limit: 1 };
}

/** Whether a path belongs to {@link profilePage}. */
export function isProfilePath(path: string): boolean {
  return path.startsWith(PATH);
}

/**
 * The current version of a replaceable event of a key at `/p/<pubkey>/<kind>`, see {@link cachedPage}: its profile is kind 0,
 * its list of follows kind 3.
 */
export async function profilePage(
  path: string,
  headers: IncomingHttpHeaders,
  parts: EventPageParts,
): Promise<Reply> {
  const filter = filterOf(path);
  return filter === null ? NOT_FOUND : await cachedPage(filter, headers, parts);
}
