import type { CountReply } from '../nostr/relay-message.ts';
import type { SubscriptionId } from './subscription-id.ts';

/** An answer to an EVENT that says more than "accepted". */
export interface OkReply {
  /** Hex digits 0–7 and 8–15 of the event id. */
  readonly idHigh: number;
  readonly idLow: number;
  readonly accepted: boolean;
  /** The machine-readable word before `:`, `other` where there is none (NIP-01). */
  readonly prefix: string;
  /** All that the relay says; foreign text. */
  readonly message?: string;
}

/** A message of a reconciliation (NIP-77). */
export interface Negotiation {
  readonly word: 'NEG-MSG' | 'NEG-ERR';
  /** Foreign text. */
  readonly payload: string;
}

/** Letters that subscription ids of this run begin with, by character code: 1 where one is in use. */
export interface SubscriptionLetters {
  /** The letter is the whole id. */
  readonly bare: Uint8Array;
  /** Eight hex digits of a sequence number follow. */
  readonly numbered: Uint8Array;
}

/** Receives what a relay sent, already sorted; `connection` is the number of the connection. */
export interface ReplyHandlers {
  readonly letters: SubscriptionLetters;
  /** OK true with an empty message: nearly every frame of a publishing run, hence no object. */
  onAccepted(connection: number, idHigh: number, idLow: number): void;
  onOk(connection: number, reply: OkReply): void;
  /**
   * An event of a subscription, which is named by its letter (a character code) and its sequence number, or `BARE`
   * where the letter is all. `frame` is valid only during the call.
   */
  onEvent(connection: number, letter: number, sequence: number, frame: Buffer): void;
  onEose(connection: number, letter: number, sequence: number): void;
  onClosed(connection: number, subscription: SubscriptionId, prefix: string): void;
  /** The answer to a COUNT (NIP-45). */
  onCount(connection: number, subscription: SubscriptionId, reply: CountReply): void;
  /** NEG-MSG or NEG-ERR with its payload (NIP-77). */
  onNegotiation(connection: number, subscription: SubscriptionId, message: Negotiation): void;
  /** A challenge (NIP-42). */
  onAuth(connection: number, challenge: string): void;
  onNotice(connection: number, message: string): void;
  /** A frame that is well-formed but answers nothing that was asked. */
  onStray(connection: number): void;
  onMalformed(connection: number): void;
}
