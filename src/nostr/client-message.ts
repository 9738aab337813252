import type { NostrEvent } from './event.ts';
import { checkEventShape } from './event.ts';
import type { Filter } from './filter.ts';
import { parseFilter } from './filter.ts';
import { parseJson } from './json.ts';

/** A message from a client that could be understood (NIP-01; AUTH: NIP-42; COUNT: NIP-45; NEG-*: NIP-77). */
export type ClientMessage =
  | { readonly type: 'EVENT'; readonly event: NostrEvent }
  | { readonly type: 'REQ' | 'COUNT'; readonly subscriptionId: string; readonly filters: readonly Filter[] }
  | { readonly type: 'CLOSE'; readonly subscriptionId: string }
  | { readonly type: 'AUTH'; readonly event: NostrEvent }
  | ReconciliationMessage
  | InvalidClientMessage;

/** A message of a reconciliation (NIP-77). Its ids are a namespace of their own. */
export type ReconciliationMessage =
  | {
      readonly type: 'NEG-OPEN';
      readonly subscriptionId: string;
      readonly filter: Filter;
      readonly message: Uint8Array;
    }
  | { readonly type: 'NEG-MSG'; readonly subscriptionId: string; readonly message: Uint8Array }
  | { readonly type: 'NEG-CLOSE'; readonly subscriptionId: string };

/** A message that could not be understood, with as much as is needed to answer it. */
export interface InvalidClientMessage {
  readonly type: 'INVALID';
  /** One sentence for the sender. */
  readonly problem: string;
  /** The `id` of a malformed EVENT or AUTH, to be answered with OK false. */
  readonly eventId?: string;
  /** The subscription of a malformed REQ or COUNT, whatever its length, to be answered with CLOSED. */
  readonly subscriptionId?: string;
  /** The subscription of a malformed NEG-OPEN or NEG-MSG, to be answered with NEG-ERR. */
  readonly reconciliationId?: string;
}

/** Longest subscription id (NIP-01), in UTF-16 code units; ids of malformed events are echoed up to it too. */
export const SUBSCRIPTION_ID_MAX = 64;

const NOT_HEX = 'message is not hex';
const WRONG_SUBSCRIPTION_ID = `subscription id is not a string of 1..${SUBSCRIPTION_ID_MAX} characters`;

function invalid(problem: string): InvalidClientMessage {
  return { type: 'INVALID', problem };
}

function isSubscriptionId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= SUBSCRIPTION_ID_MAX;
}

function parseEvent(type: 'EVENT' | 'AUTH', value: unknown): ClientMessage {
  const check = checkEventShape(value);
  if (check.event !== undefined) return { type, event: check.event };
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  const echoable = typeof id === 'string' && id.length <= SUBSCRIPTION_ID_MAX;
  return { ...invalid(check.problem), ...(echoable ? { eventId: id } : {}) };
}

function parseQuery(type: 'REQ' | 'COUNT', message: readonly unknown[]): ClientMessage {
  const subscriptionId = message[1];
  if (typeof subscriptionId !== 'string') return invalid(WRONG_SUBSCRIPTION_ID);
  if (!isSubscriptionId(subscriptionId)) return { ...invalid(WRONG_SUBSCRIPTION_ID), subscriptionId };
  if (message.length < 3) return { ...invalid(`${type} has no filter`), subscriptionId };
  const filters: Filter[] = [];
  for (let i = 2; i < message.length; i++) {
    const parsed = parseFilter(message[i]);
    if (parsed.filter === undefined) return { ...invalid(parsed.problem), subscriptionId };
    filters.push(parsed.filter);
  }
  return { type, subscriptionId, filters };
}

function parseClose(type: 'CLOSE' | 'NEG-CLOSE', subscriptionId: unknown): ClientMessage {
  if (isSubscriptionId(subscriptionId)) return { type, subscriptionId };
  return invalid(WRONG_SUBSCRIPTION_ID);
}

/** The bytes of a hex text; null where it is none. */
function hexBytes(value: unknown): Uint8Array | null {
  if (typeof value !== 'string' || value === '') return null;
  const bytes = Buffer.from(value, 'hex');
  // Decoding stops at the first character that is not hex.
  return bytes.length * 2 === value.length ? bytes : null;
}

function parseNegOpen([, subscriptionId, query, hex]: readonly unknown[]): ClientMessage {
  if (!isSubscriptionId(subscriptionId)) return invalid(WRONG_SUBSCRIPTION_ID);
  const { filter, problem } = parseFilter(query);
  if (filter === undefined) return { ...invalid(problem), reconciliationId: subscriptionId };
  const message = hexBytes(hex);
  if (message !== null) return { type: 'NEG-OPEN', subscriptionId, filter, message };
  return { ...invalid(NOT_HEX), reconciliationId: subscriptionId };
}

function parseNegMessage([, subscriptionId, hex]: readonly unknown[]): ClientMessage {
  if (!isSubscriptionId(subscriptionId)) return invalid(WRONG_SUBSCRIPTION_ID);
  const message = hexBytes(hex);
  if (message !== null) return { type: 'NEG-MSG', subscriptionId, message };
  return { ...invalid(NOT_HEX), reconciliationId: subscriptionId };
}

/** Parses one text message of a client. Never throws and never recurses into what it reads. */
export function parseClientMessage(text: string): ClientMessage {
  const message = parseJson(text);
  if (!Array.isArray(message)) return invalid('message is not a JSON array');
  switch (message[0]) {
    case 'EVENT':
    case 'AUTH':
      return parseEvent(message[0], message[1]);
    case 'REQ':
    case 'COUNT':
      return parseQuery(message[0], message);
    case 'CLOSE':
    case 'NEG-CLOSE':
      return parseClose(message[0], message[1]);
    case 'NEG-OPEN':
      return parseNegOpen(message);
    case 'NEG-MSG':
      return parseNegMessage(message);
    default:
      return invalid('message type is not supported');
  }
}
