import { randomBytes } from 'node:crypto';
import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { messageOf } from '../base/errors.ts';

const DEFAULT_TIMEOUT_MS = 5_000;
/** An empty close frame with the mask that RFC 6455 section 5.3 asks of a client. */
const CLOSE_FRAME = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

/** Null where a WebSocket answers at an address, else what happened instead. */
export type ProbeResult = string | null;

/**
 * Opens one WebSocket (TCP, TLS, HTTP upgrade of RFC 6455) and closes it again. Redirects are not followed.
 * @param relayUrl `ws:` or `wss:`
 * @param options `timeoutMs` bounds the whole attempt, default 5,000; `insecure` accepts any TLS certificate
 */
export function probeWebSocket(
  relayUrl: string,
  options: { readonly timeoutMs?: number; readonly insecure?: boolean } = {},
): Promise<ProbeResult> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return new Promise((resolve) => {
    const request = upgradeRequest(new URL(relayUrl), options.insecure === true);
    const timer = setTimeout(() => finish(`no answer within ${timeoutMs} ms`), timeoutMs);
    const finish = (result: ProbeResult): void => {
      clearTimeout(timer);
      request.destroy();
      resolve(result);
    };
    request.on('upgrade', (_response, socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(CLOSE_FRAME, () => finish(null));
    });
    request.on('response', (response) => {
      finish(`HTTP status ${response.statusCode} instead of a WebSocket`);
    });
    request.on('error', (error) => finish(reasonOf(error)));
    request.end();
  });
}

function upgradeRequest(url: URL, insecure: boolean): ClientRequest {
  const isTls = url.protocol === 'wss:';
  const send = isTls ? requestHttps : requestHttp;
  return send(new URL(url.href.replace(/^ws/, 'http')), {
    agent: false,
    rejectUnauthorized: !insecure,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    },
  });
}

/** A name with several addresses fails with one error an address and no message of its own: the first one tells. */
function reasonOf(error: Error): string {
  return messageOf(error instanceof AggregateError ? error.errors[0] : error);
}
