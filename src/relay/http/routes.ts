import type { IncomingMessage, ServerResponse } from 'node:http';
import { RELAY_INFORMATION_TYPE } from '../../nostr/nip11.ts';
import { StoreUnavailableError } from '../store/unavailable.ts';
import type { EventPageParts } from './cached-page.ts';
import { eventPage, isEventPath } from './event-page.ts';
import { isProfilePath, profilePage } from './profile-page.ts';
import { NOT_FOUND, type Reply, text } from './reply.ts';

/** What the HTTP side of the relay answers with. */
export interface HttpContent {
  /** The information document as JSON. */
  readonly information: string;
  /** Why requests cannot be served now; null when they can. */
  readonly notReady: () => string | null;
  /** Whether the relay is about to end: a load balancer shall send it no new clients, and leave it those that it has. */
  readonly isStopping: () => boolean;
  readonly events: EventPageParts;
  /** Whether the client of a request has budget left for a query; takes it. */
  readonly takeQuery: (request: IncomingMessage) => boolean;
  readonly onError: (error: unknown) => void;
}

/** NIP-11 requires these three on the document; they do no harm elsewhere. */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': 'GET, HEAD, OPTIONS',
};

function readiness(problem: string | null): Reply {
  return problem === null ? text(200, 'ready') : text(503, problem);
}

function root(request: IncomingMessage, content: HttpContent): Reply {
  if (request.headers.accept?.includes(RELAY_INFORMATION_TYPE) === true) {
    return { status: 200, headers: { 'content-type': RELAY_INFORMATION_TYPE }, body: content.information };
  }
  return text(200, `A Nostr relay: connect a WebSocket, or ask for ${RELAY_INFORMATION_TYPE}.`);
}

function failure(error: unknown, content: HttpContent): Reply {
  if (error instanceof StoreUnavailableError) {
    return text(503, error.message, { 'cache-control': 'no-store', 'retry-after': '1' });
  }
  content.onError(error);
  return text(500, 'internal failure', { 'cache-control': 'no-store' });
}

async function page(
  answer: typeof eventPage,
  path: string,
  request: IncomingMessage,
  content: HttpContent,
): Promise<Reply> {
  if (content.takeQuery(request)) return await answer(path, request.headers, content.events);
  return text(429, 'slow down', { 'cache-control': 'no-store', 'retry-after': '1' });
}

async function route(request: IncomingMessage, content: HttpContent): Promise<Reply> {
  if (request.method === 'OPTIONS') return text(200, '');
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'method not allowed');
  const path = request.url?.split('?', 1)[0] ?? '';
  if (isEventPath(path)) return await page(eventPage, path, request, content);
  if (isProfilePath(path)) return await page(profilePage, path, request, content);
  switch (path) {
    case '/':
      return root(request, content);
    case '/health':
      return content.isStopping() ? text(404, 'shutting down') : text(200, 'alive');
    case '/ready':
      return readiness(content.notReady());
    default:
      return NOT_FOUND;
  }
}

/**
 * Answers one HTTP request: the information document (NIP-11), `/health` (the process lives, and is not about to end), `/ready` (it
 * can serve), `/e/<id>` and `/p/<pubkey>/<kind>`. The body of a request is never read.
 */
export function answerHttp(request: IncomingMessage, response: ServerResponse, content: HttpContent): void {
  route(request, content)
    .catch((error: unknown) => failure(error, content))
    .then(({ status, headers, body }) => {
      const length = status === 304 ? {} : { 'content-length': Buffer.byteLength(body) };
      response.writeHead(status, { ...CORS_HEADERS, ...headers, ...length });
      response.end(request.method === 'HEAD' ? undefined : body);
    }, content.onError);
}
