/** What a client asks first, as it goes on to the relay. */
export interface ForwardedHead {
  readonly bytes: Buffer;
  /** Whether it asks for a WebSocket. */
  readonly isUpgrade: boolean;
}

/** The relay that a proxy stands before. */
export interface RelayPlace {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** As in the Host header. */
  readonly authority: string;
  /** Path and query. */
  readonly path: string;
  /** Of the Authorization header; null for none. */
  readonly authorization: string | null;
}

const HEAD_END = '\r\n\r\n';
const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.1$/;
/** They name the proxy, or ask for what it could not read. */
const REPLACED: ReadonlySet<string> = new Set(['host', 'sec-websocket-extensions', 'connection']);

/** @throws TypeError where it is no URL */
export function relayPlace(url: string): RelayPlace {
  const { protocol, hostname, port, host, pathname, search, username, password } = new URL(url);
  const isTls = protocol === 'wss:';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    isTls,
    authority: host,
    path: `${pathname}${search}`,
    authorization: username === '' ? null : `Basic ${Buffer.from(credentials).toString('base64')}`,
  };
}

/** Where the head ends in what has come; negative where it is not complete. */
export function endOfHead(data: Buffer): number {
  const at = data.indexOf(HEAD_END);
  return at < 0 ? at : at + HEAD_END.length;
}

/**
 * The head of a request as the relay gets it: with its own name, and without compression, which would hide the frames from
 * whoever looks at them. A request that asks for no WebSocket is the last on its connection.
 * @returns null where it is no HTTP/1.1
 */
export function forwardedHead(head: Buffer, relay: RelayPlace): ForwardedHead | null {
  const [first = '', ...lines] = head.toString('latin1').slice(0, -HEAD_END.length).split('\r\n');
  const [, method, target] = REQUEST_LINE.exec(first) ?? [];
  if (method === undefined || target === undefined) return null;
  const isUpgrade = lines.some((line) => /^upgrade:\s*websocket\s*$/i.test(line));
  const kept = lines.filter((line) => !REPLACED.has(line.slice(0, line.indexOf(':')).trim().toLowerCase()));
  const path = target === '/' ? relay.path : target;
  const text = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${relay.authority}`,
    `Connection: ${isUpgrade ? 'Upgrade' : 'close'}`,
    ...(relay.authorization === null ? [] : [`Authorization: ${relay.authorization}`]),
    ...kept,
  ].join('\r\n');
  return { bytes: Buffer.from(`${text}${HEAD_END}`, 'latin1'), isUpgrade };
}
