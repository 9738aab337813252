import { NOT_HEX, readHex32 } from '../base/hex.ts';
import { parseJson } from '../nostr/json.ts';
import { parseRelayMessage, prefixOf, type RelayMessage } from '../nostr/relay-message.ts';
import type { ReplyHandlers } from './reply-handlers.ts';
import { LIVE_SUBSCRIPTION, parseQuerySubscription } from './subscription-id.ts';

type SubscriptionMessage = Extract<RelayMessage, { subscriptionId: string }>;
type OkMessage = Extract<RelayMessage, { type: 'OK' }>;

/** Sort a frame in an unusual spelling by parsing its JSON. Never throws, whatever the relay sent. */
export function routeSlowly(connection: number, frame: Buffer, handlers: ReplyHandlers): void {
  const message = parseRelayMessage(frame.toString('utf8'));
  switch (message.type) {
    case 'OK':
      routeOk(connection, message, handlers);
      return;
    case 'NOTICE':
      handlers.onNotice(connection, message.message);
      return;
    case 'AUTH':
      return;
    case 'INVALID':
      routeInvalid(connection, frame, handlers);
      return;
    default:
      if (message.subscriptionId === LIVE_SUBSCRIPTION) routeLive(connection, message, handlers);
      else routeQuery(connection, message, handlers);
  }
}

/** An EVENT without a well-formed event belongs to its subscription all the same, as in the usual spelling. */
function routeInvalid(connection: number, frame: Buffer, handlers: ReplyHandlers): void {
  const value = parseJson(frame.toString('utf8'));
  const [word, subscription] = Array.isArray(value) ? value : [];
  const isEvent = word === 'EVENT' && typeof subscription === 'string';
  const sequence = isEvent ? parseQuerySubscription(subscription) : NOT_HEX;
  if (sequence !== NOT_HEX) handlers.onQueryEvent(connection, sequence, frame);
  else if (isEvent && subscription === LIVE_SUBSCRIPTION) handlers.onLiveEvent(connection, frame);
  else handlers.onMalformed(connection);
}

function routeOk(connection: number, message: OkMessage, handlers: ReplyHandlers): void {
  const id = Buffer.from(message.eventId, 'latin1');
  const idHigh = readHex32(id, 0);
  const idLow = readHex32(id, 8);
  if (id.length !== 64 || idHigh === NOT_HEX || idLow === NOT_HEX) {
    handlers.onStray(connection);
    return;
  }
  const { accepted, eventId, message: text } = message;
  handlers.onOk(connection, { idHigh, idLow, accepted, prefix: prefixOf(text), message: text }, eventId);
}

function routeLive(connection: number, message: SubscriptionMessage, handlers: ReplyHandlers): void {
  switch (message.type) {
    case 'EVENT':
      // The tracker reads the canonical spelling only.
      handlers.onLiveEvent(connection, Buffer.from(JSON.stringify(message.event)));
      return;
    case 'EOSE':
      handlers.onLiveEose(connection);
      return;
    case 'CLOSED':
      handlers.onLiveClosed(connection, prefixOf(message.message));
      return;
    default:
      handlers.onStray(connection);
  }
}

function routeQuery(connection: number, message: SubscriptionMessage, handlers: ReplyHandlers): void {
  const sequence = parseQuerySubscription(message.subscriptionId);
  if (sequence === NOT_HEX) {
    handlers.onStray(connection);
    return;
  }
  switch (message.type) {
    case 'EVENT':
      handlers.onQueryEvent(connection, sequence, Buffer.from(JSON.stringify(message.event)));
      return;
    case 'EOSE':
      handlers.onQueryEose(connection, sequence);
      return;
    case 'CLOSED':
      handlers.onQueryClosed(connection, sequence, prefixOf(message.message));
      return;
    default:
      handlers.onStray(connection);
  }
}
