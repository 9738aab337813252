// Negotiation of permessage-deflate (RFC 7692): what clients offer, what a relay takes of it, and what a client may believe
// of the answer.

/** Name of the extension. */
const NAME = 'permessage-deflate';

/** Window that a side uses which has agreed to nothing smaller: 32 KiB. */
const MAX_WINDOW_BITS = 15;
const MIN_WINDOW_BITS = 8;

/**
 * Window of what is deflated here, 8 KiB: larger ones find nothing more in Nostr events, most of whose bytes are hex that does not
 * repeat, and cost memory. An offer that asks for a smaller one is declined.
 */
export const DEFLATE_WINDOW_BITS = 13;

/** What both sides have agreed upon. */
export interface DeflateTerms {
  /** Whether the server refers to what its earlier messages said: whoever reads them keeps that. */
  readonly serverTakesOver: boolean;
  /** Bits of the window of the server's messages. */
  readonly serverWindowBits: number;
  /** Bits of the largest window of the client's messages. */
  readonly clientWindowBits: number;
}

/**
 * What the generator offers: what browsers do, and that no message of it refers to an earlier one. Its frames are made before
 * it is known which connection they go out on, so none can.
 */
export const DEFLATE_OFFER = `${NAME}; client_no_context_takeover; client_max_window_bits`;

type Parameters = ReadonlyMap<string, string | null>;

interface Extension {
  readonly name: string;
  readonly parameters: Parameters;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`^(${TOKEN})(?:\\s*=\\s*(?:(${TOKEN})|"(${TOKEN})"))?$`);

/** The extensions of a `Sec-WebSocket-Extensions` field (RFC 6455 section 9.1); null where it is malformed. */
function parseExtensions(header: string): readonly Extension[] | null {
  const extensions: Extension[] = [];
  for (const text of header.split(',')) {
    const [name = '', ...rest] = text.split(';').map((part) => part.trim());
    const parameters = parseParameters(rest);
    if (parameters === null || !PARAMETER.test(name)) return null;
    extensions.push({ name: name.toLowerCase(), parameters });
  }
  return extensions;
}

/** Null where one is malformed or named twice. */
function parseParameters(parts: readonly string[]): Parameters | null {
  const parameters = new Map<string, string | null>();
  for (const part of parts) {
    const match = PARAMETER.exec(part);
    const name = match?.[1]?.toLowerCase();
    if (name === undefined || parameters.has(name)) return null;
    parameters.set(name, match?.[2] ?? match?.[3] ?? null);
  }
  return parameters;
}

const WITHOUT_VALUE: readonly string[] = ['server_no_context_takeover', 'client_no_context_takeover'];
const SERVER_WINDOW = 'server_max_window_bits';
const CLIENT_WINDOW = 'client_max_window_bits';

/** Whether the parameters are those of RFC 7692. @param mayLackBits whether `client_max_window_bits` may stand alone */
function areValid(parameters: Parameters, mayLackBits: boolean): boolean {
  return [...parameters].every(([name, value]) => {
    if (WITHOUT_VALUE.includes(name)) return value === null;
    if (name === CLIENT_WINDOW && value === null) return mayLackBits;
    return (name === SERVER_WINDOW || name === CLIENT_WINDOW) && bitsOf(value) !== null;
  });
}

/** 8 to 15, written without a zero in front; else null. */
function bitsOf(value: string | null | undefined): number | null {
  if (value == null || !/^[1-9]\d?$/.test(value)) return null;
  const bits = Number(value);
  return bits >= MIN_WINDOW_BITS && bits <= MAX_WINDOW_BITS ? bits : null;
}

/**
 * The answer of a server to a client's `Sec-WebSocket-Extensions`: the first offer that it can keep. Neither side takes anything
 * over, so that no connection needs a window: see docs/relay.md.
 * @returns the field of the answer; null where there is nothing to accept, and messages stay as they are
 */
export function acceptDeflate(header: string | undefined): string | null {
  if (header === undefined) return null;
  const offers = parseExtensions(header) ?? [];
  const taken = offers.find(({ name, parameters }) => {
    const bits = bitsOf(parameters.get(SERVER_WINDOW)) ?? MAX_WINDOW_BITS;
    return name === NAME && areValid(parameters, true) && bits >= DEFLATE_WINDOW_BITS;
  });
  if (taken === undefined) return null;
  const window = taken.parameters.has(SERVER_WINDOW) ? `; ${SERVER_WINDOW}=${DEFLATE_WINDOW_BITS}` : '';
  return `${NAME}; server_no_context_takeover; client_no_context_takeover${window}`;
}

/**
 * What a server's answer to {@link DEFLATE_OFFER} says.
 * @param header its `Sec-WebSocket-Extensions`, which says something
 * @returns null where it accepts what was not offered, or makes no sense: the connection has to fail (RFC 6455 section 4.1)
 */
export function deflateTerms(header: string): DeflateTerms | null {
  const [extension, ...others] = parseExtensions(header) ?? [];
  if (extension?.name !== NAME || others.length > 0) return null;
  const { parameters } = extension;
  if (!areValid(parameters, false)) return null;
  return {
    serverTakesOver: !parameters.has('server_no_context_takeover'),
    serverWindowBits: bitsOf(parameters.get(SERVER_WINDOW)) ?? MAX_WINDOW_BITS,
    clientWindowBits: bitsOf(parameters.get(CLIENT_WINDOW)) ?? MAX_WINDOW_BITS,
  };
}
