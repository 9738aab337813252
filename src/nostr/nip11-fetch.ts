import type { IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { messageOf } from '../base/errors.ts';
import { parseRelayInformation, RELAY_INFORMATION_TYPE, type RelayInformation } from './nip11.ts';

/** The document, or the reason why there is none. */
export type RelayInformationResult =
  | { readonly information: RelayInformation; readonly reason: null }
  | {
      readonly information: null;
      readonly reason: string;
      /** The relay has answered, and has no document; otherwise it may have one. */
      readonly isAbsent?: boolean;
    };

/** A relay cannot make us read more than this. */
const BODY_MAX_BYTES = 64 * 1024;
const DEFAULT_TIMEOUT_MS = 5_000;

/** Statuses below 500 that say nothing of the document: the relay is busy. */
const BUSY_STATUSES: readonly number[] = [408, 429];
const NOT_IMPLEMENTED = 501;

function unread(reason: string): RelayInformationResult {
  return { information: null, reason };
}

function absent(reason: string): RelayInformationResult {
  return { information: null, reason, isAbsent: true };
}

function withoutDocument(status = 0): RelayInformationResult {
  const isFailure = (status >= 500 && status !== NOT_IMPLEMENTED) || BUSY_STATUSES.includes(status);
  return isFailure ? unread(`HTTP status ${status}`) : absent(`HTTP status ${status}`);
}

/** The address of the document: the one of the relay, over HTTP. */
function httpUrlOf(relayUrl: string): URL | null {
  if (!URL.canParse(relayUrl)) return null;
  const url = new URL(relayUrl.replace(/^ws/i, 'http'));
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
}

async function readBody(response: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function readResponse(response: IncomingMessage): Promise<RelayInformationResult> {
  if (response.statusCode !== 200) return withoutDocument(response.statusCode);
  const body = await readBody(response);
  if (body === null) return absent(`document exceeds ${BODY_MAX_BYTES} bytes`);
  const information = parseRelayInformation(body);
  return information === null ? absent('document is not a JSON object') : { information, reason: null };
}

function respond(url: URL, signal: AbortSignal, rejectUnauthorized: boolean): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const options = { headers: { accept: RELAY_INFORMATION_TYPE }, agent: false, signal, rejectUnauthorized };
  return new Promise((resolve, reject) => {
    request(url, options).on('response', resolve).on('error', reject).end();
  });
}

/**
 * Fetches the information document of a relay (NIP-11). Redirects are not followed, at most 64 KiB are read.
 * Many relays have no document, so its absence is a result and never an exception.
 * @param relayUrl `ws:`, `wss:`, `http:` or `https:`
 * @param options `timeoutMs` bounds connection, headers and body together, default 5,000; `insecure` accepts any
 *   TLS certificate
 */
export async function fetchRelayInformation(
  relayUrl: string,
  options: { readonly timeoutMs?: number; readonly insecure?: boolean } = {},
): Promise<RelayInformationResult> {
  const url = httpUrlOf(relayUrl);
  if (url === null) return unread('not a relay URL');
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  try {
    return await readResponse(await respond(url, deadline.signal, options.insecure !== true));
  } catch (error) {
    return unread(deadline.signal.aborted ? `no document within ${timeoutMs} ms` : messageOf(error));
  } finally {
    clearTimeout(timer);
    // Ends the connection where the body was not read to its end.
    deadline.abort();
  }
}
