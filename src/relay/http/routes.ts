import type { IncomingMessage, ServerResponse } from 'node:http';
import { RELAY_INFORMATION_TYPE } from '../../nostr/nip11.ts';

/** What the HTTP side of the relay answers with. */
export interface HttpContent {
  /** The information document as JSON. */
  readonly information: string;
  /** The metrics in the Prometheus text format. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  /** Why requests cannot be served now; null when they can. */
  readonly notReady: () => string | null;
  readonly onError: (error: unknown) => void;
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** NIP-11 requires these three on the document; they do no harm elsewhere. */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': 'GET, OPTIONS',
};

function text(status: number, body: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}

function readiness(problem: string | null): Reply {
  return problem === null ? text(200, 'ready') : text(503, problem);
}

async function metrics(content: HttpContent): Promise<Reply> {
  const { type, text: body } = await content.metrics();
  return { status: 200, type, body };
}

function root(request: IncomingMessage, content: HttpContent): Reply {
  if (request.headers.accept?.includes(RELAY_INFORMATION_TYPE) === true) {
    return { status: 200, type: RELAY_INFORMATION_TYPE, body: content.information };
  }
  return text(200, `A Nostr relay: connect a WebSocket, or ask for ${RELAY_INFORMATION_TYPE}.`);
}

async function route(request: IncomingMessage, content: HttpContent): Promise<Reply> {
  if (request.method === 'OPTIONS') return text(200, '');
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'method not allowed');
  switch (request.url?.split('?', 1)[0]) {
    case '/':
      return root(request, content);
    case '/health':
      return text(200, 'alive');
    case '/ready':
      return readiness(content.notReady());
    case '/metrics':
      return await metrics(content);
    default:
      return text(404, 'not found');
  }
}

/**
 * Answers one HTTP request: the information document (NIP-11), `/health` (the process lives), `/ready` (it
 * can serve) and `/metrics`. The body of a request is never read.
 */
export function answerHttp(request: IncomingMessage, response: ServerResponse, content: HttpContent): void {
  route(request, content)
    .catch((error: unknown) => {
      content.onError(error);
      return text(500, 'internal failure');
    })
    .then(({ status, type, body }) => {
      response.writeHead(status, { ...CORS_HEADERS, 'content-type': type });
      response.end(request.method === 'HEAD' ? undefined : body);
    }, content.onError);
}
