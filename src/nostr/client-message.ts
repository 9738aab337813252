import type { NostrEvent } from './event.ts';
import { checkEventShape } from './event.ts';
import type { Filter } from './filter.ts';
import { parseFilter } from './filter.ts';
import { parseJson } from './json.ts';

/** A message from a client that could be understood (NIP-01; COUNT: NIP-45). */
export type ClientMessage =
  | { readonly type: 'EVENT'; readonly event: NostrEvent }
  | { readonly type: 'REQ' | 'COUNT'; readonly subscriptionId: string; readonly filters: readonly Filter[] }
  | { readonly type: 'CLOSE'; readonly subscriptionId: string }
  | InvalidClientMessage;

/** A message that could not be understood, with as much as is needed to answer it. */
export interface InvalidClientMessage {
  readonly type: 'INVALID';
  /** One sentence for the sender. */
  readonly problem: string;
  /** The `id` of a malformed EVENT, to be answered with OK false. */
  readonly eventId?: string;
  /** The subscription of a malformed REQ or COUNT, whatever its length, to be answered with CLOSED. */
  readonly subscriptionId?: string;
}

/** Longest subscription id (NIP-01), in UTF-16 code units; ids of malformed events are echoed up to it too. */
export const SUBSCRIPTION_ID_MAX = 64;

const WRONG_SUBSCRIPTION_ID = `subscription id is not a string of 1..${SUBSCRIPTION_ID_MAX} characters`;

function invalid(problem: string): InvalidClientMessage {
  return { type: 'INVALID', problem };
}

function isSubscriptionId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= SUBSCRIPTION_ID_MAX;
}

function parseEvent(value: unknown): ClientMessage {
  const check = checkEventShape(value);
  if (check.event !== undefined) return { type: 'EVENT', event: check.event };
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

function parseClose(subscriptionId: unknown): ClientMessage {
  if (isSubscriptionId(subscriptionId)) return { type: 'CLOSE', subscriptionId };
  return invalid(WRONG_SUBSCRIPTION_ID);
}

/** Parses one text message of a client. Never throws and never recurses into what it reads. */
export function parseClientMessage(text: string): ClientMessage {
  const message = parseJson(text);
  if (!Array.isArray(message)) return invalid('message is not a JSON array');
  switch (message[0]) {
    case 'EVENT':
      return parseEvent(message[1]);
    case 'REQ':
    case 'COUNT':
      return parseQuery(message[0], message);
    case 'CLOSE':
      return parseClose(message[1]);
    default:
      return invalid('message type is not supported');
  }
}
