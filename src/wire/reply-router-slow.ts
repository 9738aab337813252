import { NOT_HEX, readHex32 } from '../base/hex.ts';
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
      return routeOk(connection, message, handlers);
    case 'NOTICE':
      return handlers.onNotice(connection, message.message);
    case 'AUTH':
      return;
    case 'INVALID':
      return handlers.onMalformed(connection);
    default:
      return message.subscriptionId === LIVE_SUBSCRIPTION
        ? routeLive(connection, message, handlers)
        : routeQuery(connection, message, handlers);
  }
}

function routeOk(connection: number, message: OkMessage, handlers: ReplyHandlers): void {
  const id = Buffer.from(message.eventId, 'latin1');
  const idHigh = readHex32(id, 0);
  const idLow = readHex32(id, 8);
  if (id.length !== 64 || idHigh === NOT_HEX || idLow === NOT_HEX) return handlers.onStray(connection);
  const { accepted } = message;
  handlers.onOk(connection, { idHigh, idLow, accepted, prefix: prefixOf(message.message) });
}

function routeLive(connection: number, message: SubscriptionMessage, handlers: ReplyHandlers): void {
  switch (message.type) {
    case 'EVENT':
      // The tracker reads the canonical spelling only.
      return handlers.onLiveEvent(connection, Buffer.from(JSON.stringify(message.event)));
    case 'EOSE':
      return handlers.onLiveEose(connection);
    case 'CLOSED':
      return handlers.onLiveClosed(connection);
    default:
      return handlers.onStray(connection);
  }
}

function routeQuery(connection: number, message: SubscriptionMessage, handlers: ReplyHandlers): void {
  const sequence = parseQuerySubscription(message.subscriptionId);
  if (sequence === NOT_HEX) return handlers.onStray(connection);
  switch (message.type) {
    case 'EVENT':
      return handlers.onQueryEvent(connection, sequence);
    case 'EOSE':
      return handlers.onQueryEose(connection, sequence);
    case 'CLOSED':
      return handlers.onQueryClosed(connection, sequence);
    default:
      return handlers.onStray(connection);
  }
}
