import { DEFLATE_OFFER, type DeflateTerms, deflateTerms } from '../../base/permessage-deflate.ts';
import type { UpgradeRefusal } from '../../base/upgrade-refusal.ts';
import { acceptOf, headerLines, newWebSocketKey, upgradeFields } from '../../base/websocket-handshake.ts';

/** A relay that answers the upgrade with more header than this is cut off. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Set by a load balancer: the relay process that a connection has reached. */
export const RELAY_ID_HEADER = 'x-relay-id';
/** Why a connection fails whose server accepts of the extensions what was not offered, or makes no sense (RFC 6455 section 4.1). */
export const UNFIT_EXTENSION = 'extension that was not offered';
const EXTENSIONS_HEADER = 'sec-websocket-extensions';
const END_OF_HEADER = Buffer.from('\r\n\r\n');

/** How an upgrade ended: bytes behind the header belong to the first frames. */
export type HandshakeResult =
  | {
      readonly type: 'open';
      readonly rest: Buffer;
      readonly relayId: string | null;
      /** Null where messages are not compressed. */
      readonly deflate: DeflateTerms | null;
    }
  | { readonly type: 'failed'; readonly reason: string; readonly refusal?: UpgradeRefusal };

/** The opening handshake of one connection (RFC 6455 section 4.1), client side. */
export class Handshake {
  /** The request to send. */
  readonly request: string;
  readonly #accept: string;
  readonly #offersDeflate: boolean;
  #received: Buffer = Buffer.alloc(0);

  /** @param offersDeflate whether permessage-deflate is offered: no other extension is */
  constructor(url: URL, offersDeflate = false) {
    const key = newWebSocketKey();
    this.#accept = acceptOf(key);
    this.#offersDeflate = offersDeflate;
    this.request = requestFor(url, key, offersDeflate);
  }

  /** Feed what was received. @returns null while the answer is incomplete */
  read(chunk: Buffer): HandshakeResult | null {
    this.#received = Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(END_OF_HEADER);
    if (end === -1)
      return this.#received.length > MAX_HEADER_BYTES ? { type: 'failed', reason: 'header too long' } : null;
    const [status, ...lines] = this.#received.toString('latin1', 0, end).split('\r\n');
    const code = /^HTTP\/1\.1 (\d{3})/.exec(status ?? '')?.[1];
    if (code === undefined) return { type: 'failed', reason: 'no http answer' };
    const headers = headersOf(lines);
    if (code !== '101') return { type: 'failed', reason: `http ${code}`, refusal: refusalOf(code, headers) };
    const reason = this.#problemOf(headers);
    if (reason !== null) return { type: 'failed', reason };
    const rest = this.#received.subarray(end + END_OF_HEADER.length);
    const extensions = headers.get(EXTENSIONS_HEADER);
    const deflate = extensions === undefined ? null : deflateTerms(extensions);
    return { type: 'open', rest, relayId: headers.get(RELAY_ID_HEADER) ?? null, deflate };
  }

  #problemOf(headers: ReadonlyMap<string, string>): string | null {
    if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return 'no websocket upgrade';
    if (headers.get('sec-websocket-accept') !== this.#accept) return 'wrong Sec-WebSocket-Accept';
    const extensions = headers.get(EXTENSIONS_HEADER);
    if (extensions === undefined) return null;
    if (!this.#offersDeflate) return 'unrequested extension';
    return deflateTerms(extensions) === null ? UNFIT_EXTENSION : null;
  }
}

function requestFor(url: URL, key: string, offersDeflate: boolean): string {
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    ...headerLines(upgradeFields(key)),
    ...(offersDeflate ? [`Sec-WebSocket-Extensions: ${DEFLATE_OFFER}`] : []),
    'User-Agent: relay-bench',
    ...authorization(url),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function authorization({ username, password }: URL): string[] {
  if (username === '' && password === '') return [];
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return [`Authorization: Basic ${Buffer.from(credentials).toString('base64')}`];
}

function refusalOf(code: string, headers: ReadonlyMap<string, string>): UpgradeRefusal {
  return {
    status: Number(code),
    retryAfter: headers.get('retry-after'),
    location: headers.get('location'),
  };
}

function headersOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
