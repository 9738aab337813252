import { NOT_HEX, readHex32 } from '../base/hex.ts';
import { parseJson } from '../nostr/json.ts';
import { parseRelayMessage, prefixOf, type RelayMessage } from '../nostr/relay-message.ts';
import type { Negotiation, ReplyHandlers } from './reply-handlers.ts';
import { BARE, parseSubscription, type SubscriptionId } from './subscription-id.ts';

type SubscriptionMessage = Exclude<
  Extract<RelayMessage, { subscriptionId: string }>,
  { type: 'NEG-MSG' | 'NEG-ERR' }
>;
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
      handlers.onAuth(connection, message.challenge);
      return;
    case 'INVALID':
    // Owners of reconciliations read them themselves, right or not.
    case 'NEG-MSG':
    case 'NEG-ERR':
      routeUnknown(connection, frame, handlers);
      return;
    default:
      routeSubscription(connection, message, handlers);
  }
}

/** The subscription of this run that an id names; null for any other. */
function subscriptionOf(id: string, { letters }: ReplyHandlers): SubscriptionId | null {
  const found = parseSubscription(id);
  if (found === null) return null;
  const known = found.sequence === BARE ? letters.bare : letters.numbered;
  return known[found.letter] === 1 ? found : null;
}

/** What is no message of NIP-01, 42 or 45. */
function routeUnknown(connection: number, frame: Buffer, handlers: ReplyHandlers): void {
  const value = parseJson(frame.toString('utf8'));
  const [word, id, payload] = Array.isArray(value) ? value : [];
  const subscription = typeof id === 'string' ? subscriptionOf(id, handlers) : null;
  if (subscription === null) handlers.onMalformed(connection);
  // An EVENT without a well-formed event belongs to its subscription all the same, as in the usual spelling.
  else if (word === 'EVENT') handlers.onEvent(connection, subscription.letter, subscription.sequence, frame);
  else if (isNegotiation(word) && typeof payload === 'string')
    handlers.onNegotiation(connection, subscription, { word, payload });
  else handlers.onMalformed(connection);
}

function isNegotiation(word: unknown): word is Negotiation['word'] {
  return word === 'NEG-MSG' || word === 'NEG-ERR';
}

function routeOk(connection: number, message: OkMessage, handlers: ReplyHandlers): void {
  const id = Buffer.from(message.eventId, 'latin1');
  const idHigh = readHex32(id, 0);
  const idLow = readHex32(id, 8);
  if (id.length !== 64 || idHigh === NOT_HEX || idLow === NOT_HEX) {
    handlers.onStray(connection);
    return;
  }
  const { accepted, message: text } = message;
  handlers.onOk(connection, { idHigh, idLow, accepted, prefix: prefixOf(text), message: text });
}

function routeSubscription(connection: number, message: SubscriptionMessage, handlers: ReplyHandlers): void {
  const subscription = subscriptionOf(message.subscriptionId, handlers);
  if (subscription === null) {
    handlers.onStray(connection);
    return;
  }
  const { letter, sequence } = subscription;
  switch (message.type) {
    case 'EVENT':
      // Owners read the canonical spelling only.
      handlers.onEvent(connection, letter, sequence, Buffer.from(JSON.stringify(message.event)));
      return;
    case 'EOSE':
      handlers.onEose(connection, letter, sequence);
      return;
    case 'CLOSED':
      handlers.onClosed(connection, subscription, prefixOf(message.message));
      return;
    case 'COUNT':
      handlers.onCount(connection, subscription, {
        count: message.count,
        isApproximate: message.isApproximate,
      });
      return;
    default:
      message satisfies never;
  }
}
