import type { NostrEvent } from './event.ts';
import { checkEventShape } from './event.ts';
import { parseJson } from './json.ts';

/** The number in an answer to COUNT (NIP-45). */
export interface CountReply {
  readonly count: number;
  /** It says of itself that it is an estimate: `approximate: true`, or the registers of one in `hll`. */
  readonly isApproximate: boolean;
}

/** A message from a relay (NIP-01; AUTH: NIP-42; COUNT: NIP-45; NEG-*: NIP-77). */
export type RelayMessage =
  | { readonly type: 'EVENT'; readonly subscriptionId: string; readonly event: NostrEvent }
  | { readonly type: 'OK'; readonly eventId: string; readonly accepted: boolean; readonly message: string }
  | { readonly type: 'EOSE'; readonly subscriptionId: string }
  | { readonly type: 'CLOSED'; readonly subscriptionId: string; readonly message: string }
  | { readonly type: 'NOTICE'; readonly message: string }
  | { readonly type: 'AUTH'; readonly challenge: string }
  | ({ readonly type: 'COUNT'; readonly subscriptionId: string } & CountReply)
  | { readonly type: 'NEG-MSG'; readonly subscriptionId: string; readonly payload: Uint8Array }
  | { readonly type: 'NEG-ERR'; readonly subscriptionId: string; readonly message: string }
  /** Anything else; `problem` is one sentence that holds no text of the relay. */
  | { readonly type: 'INVALID'; readonly problem: string };

type Elements = readonly unknown[];
type Fields = Readonly<Partial<Record<string, unknown>>>;

function invalid(problem: string): RelayMessage {
  return { type: 'INVALID', problem };
}

/** A human-readable element; relays leave it out or send null. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parseEvent(elements: Elements): RelayMessage {
  const [, subscriptionId, value] = elements;
  if (typeof subscriptionId !== 'string') return invalid('EVENT without a subscription id');
  const check = checkEventShape(value);
  if (check.event === undefined) return invalid(`EVENT: ${check.problem}`);
  return { type: 'EVENT', subscriptionId, event: check.event };
}

function parseOk(elements: Elements): RelayMessage {
  const [, eventId, accepted, message] = elements;
  if (typeof eventId !== 'string' || typeof accepted !== 'boolean')
    return invalid('OK without id and boolean');
  return { type: 'OK', eventId, accepted, message: textOf(message) };
}

/** NIP-67 (draft) adds a third element to EOSE: more elements than needed are accepted everywhere. */
function parseEose(elements: Elements): RelayMessage {
  const subscriptionId = elements[1];
  if (typeof subscriptionId !== 'string') return invalid('EOSE without a subscription id');
  return { type: 'EOSE', subscriptionId };
}

function parseClosed(elements: Elements): RelayMessage {
  const subscriptionId = elements[1];
  if (typeof subscriptionId !== 'string') return invalid('CLOSED without a subscription id');
  return { type: 'CLOSED', subscriptionId, message: textOf(elements[2]) };
}

function parseAuth(elements: Elements): RelayMessage {
  const challenge = elements[1];
  return typeof challenge === 'string' ? { type: 'AUTH', challenge } : invalid('AUTH without a challenge');
}

function parseCount(elements: Elements): RelayMessage {
  const [, subscriptionId, result] = elements;
  const { count, approximate, hll } = (typeof result === 'object' && result !== null ? result : {}) as Fields;
  if (typeof subscriptionId !== 'string' || typeof count !== 'number')
    return invalid('COUNT without a number');
  return { type: 'COUNT', subscriptionId, count, isApproximate: approximate === true || hll !== undefined };
}

const HEX = /^(?:[0-9a-f]{2})+$/i;

function parseNegMessage(elements: Elements): RelayMessage {
  const [, subscriptionId, payload] = elements;
  if (typeof subscriptionId !== 'string') return invalid('NEG-MSG without a subscription id');
  if (typeof payload !== 'string' || !HEX.test(payload)) return invalid('NEG-MSG without a message in hex');
  return { type: 'NEG-MSG', subscriptionId, payload: Buffer.from(payload, 'hex') };
}

function parseNegError(elements: Elements): RelayMessage {
  const subscriptionId = elements[1];
  if (typeof subscriptionId !== 'string') return invalid('NEG-ERR without a subscription id');
  return { type: 'NEG-ERR', subscriptionId, message: textOf(elements[2]) };
}

/** A Map, not an object: the key comes from outside and `constructor` may be it. */
const PARSERS: ReadonlyMap<unknown, (elements: Elements) => RelayMessage> = new Map([
  ['EVENT', parseEvent],
  ['OK', parseOk],
  ['EOSE', parseEose],
  ['CLOSED', parseClosed],
  ['NOTICE', (elements: Elements): RelayMessage => ({ type: 'NOTICE', message: textOf(elements[1]) })],
  ['AUTH', parseAuth],
  ['COUNT', parseCount],
  ['NEG-MSG', parseNegMessage],
  ['NEG-ERR', parseNegError],
]);

/**
 * Parses one text message of a relay, which may be hostile: never throws, never recurses into what it
 * reads, accepts additional elements. Texts are returned as received: escape them before display.
 */
export function parseRelayMessage(text: string): RelayMessage {
  const elements = parseJson(text);
  if (!Array.isArray(elements)) return invalid('message is not a JSON array');
  return PARSERS.get(elements[0])?.(elements) ?? invalid('message type is unknown');
}

/** At most 32 characters, so that a relay cannot fill a report with words of its own. */
const PREFIX = /^\s*([A-Za-z][A-Za-z0-9_-]{0,31}):/;

/**
 * The machine-readable word before the colon of an OK or CLOSED message, in lower case: one of NIP-01
 * (`duplicate`, `pow`, `blocked`, `rate-limited`, `invalid`, `restricted`, `mute`, `error`), of another NIP
 * (`auth-required`) or of the relay's own (`replaced`). `other` where there is none.
 */
export function prefixOf(message: string): string {
  return PREFIX.exec(message)?.[1]?.toLowerCase() ?? 'other';
}
