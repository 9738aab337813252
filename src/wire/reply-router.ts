import { NOT_HEX, readHex32 } from '../base/hex.ts';
import type { ReplyHandlers, SubscriptionLetters } from './reply-handlers.ts';
import { routeSlowly } from './reply-router-slow.ts';
import { BARE } from './subscription-id.ts';

const OK_HEAD = Buffer.from('["OK","');
const OK_TAIL_EMPTY = Buffer.from('",true,""]');
const EVENT_HEAD = Buffer.from('["EVENT","');
const EOSE_HEAD = Buffer.from('["EOSE","');
const ID_AT = OK_HEAD.length;
const ID_LENGTH = 64;
const QUOTE = 0x22;

/** Offset behind `["EVENT","` and `["EOSE","`. */
const EVENT_SUB_AT = EVENT_HEAD.length;
const EOSE_SUB_AT = EOSE_HEAD.length;

/**
 * Sort one text frame by its bytes. The canonical spellings of OK, EVENT and EOSE are recognised without
 * parsing; every other spelling (spaces, extra elements, escapes) takes the slow way through JSON and means the
 * same. Never throws, whatever the relay sent.
 */
export function routeFrame(connection: number, frame: Buffer, handlers: ReplyHandlers): void {
  const third = frame[2];
  if (third === 0x4f && routeAccepted(connection, frame, handlers)) return;
  if (third === 0x45 && (routeEvent(connection, frame, handlers) || routeEose(connection, frame, handlers)))
    return;
  routeSlowly(connection, frame, handlers);
}

function startsWith(frame: Buffer, head: Buffer, at: number): boolean {
  if (frame.length < at + head.length) return false;
  for (let i = 0; i < head.length; i++) if (frame[at + i] !== head[i]) return false;
  return true;
}

/** `["OK","<id>",true,""]` and nothing else. */
function routeAccepted(connection: number, frame: Buffer, handlers: ReplyHandlers): boolean {
  if (frame.length !== ID_AT + ID_LENGTH + OK_TAIL_EMPTY.length) return false;
  if (!startsWith(frame, OK_HEAD, 0) || !startsWith(frame, OK_TAIL_EMPTY, ID_AT + ID_LENGTH)) return false;
  const high = readHex32(frame, ID_AT);
  const low = readHex32(frame, ID_AT + 8);
  if (high === NOT_HEX || low === NOT_HEX) return false;
  handlers.onAccepted(connection, high, low);
  return true;
}

function routeEvent(connection: number, frame: Buffer, handlers: ReplyHandlers): boolean {
  if (!startsWith(frame, EVENT_HEAD, 0)) return false;
  const sequence = readSequence(frame, EVENT_SUB_AT, handlers.letters);
  if (sequence === NOT_HEX) return false;
  handlers.onEvent(connection, frame[EVENT_SUB_AT] as number, sequence, frame);
  return true;
}

function routeEose(connection: number, frame: Buffer, handlers: ReplyHandlers): boolean {
  if (!startsWith(frame, EOSE_HEAD, 0)) return false;
  const sequence = readSequence(frame, EOSE_SUB_AT, handlers.letters);
  if (sequence === NOT_HEX) return false;
  handlers.onEose(connection, frame[EOSE_SUB_AT] as number, sequence);
  return true;
}

/** The sequence number of a subscription id of this run, {@link BARE} where it has none; else {@link NOT_HEX}. */
function readSequence(frame: Buffer, at: number, { bare, numbered }: SubscriptionLetters): number {
  const letter = frame[at] as number;
  if (frame[at + 1] === QUOTE) return bare[letter] === 1 ? BARE : NOT_HEX;
  return frame[at + 9] === QUOTE && numbered[letter] === 1 ? readHex32(frame, at + 1) : NOT_HEX;
}
