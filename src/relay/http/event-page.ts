import type { IncomingHttpHeaders } from 'node:http';
import { isHex64 } from '../../nostr/event.ts';
import { cachedPage, type EventPageParts } from './cached-page.ts';
import { NOT_FOUND, type Reply } from './reply.ts';

const PATH = '/e/';

/** The id that a path asks for; null where it asks for none. */
function idOf(path: string): string | null {
  const id = path.slice(PATH.length);
  return isHex64(id) ? id : null;
}

/** Whether a path belongs to {@link eventPage}. */
export function isEventPath(path: string): boolean {
  return path.startsWith(PATH);
}

/** One event at `/e/<id>`, see {@link cachedPage}. */
export async function eventPage(
  path: string,
  headers: IncomingHttpHeaders,
  parts: EventPageParts,
): Promise<Reply> {
  const id = idOf(path);
  return id === null ? NOT_FOUND : await cachedPage({ ids: [id], limit: 1 }, headers, parts);
}
