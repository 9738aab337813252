import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';
import { messageOfMaskedFrame } from '../../base/websocket-frame.ts';
import { AUTHOR_DIGITS, type EventFacts, factsOf } from '../../judge/history/event-facts.ts';
import type { HistoryEntry, PublishOutcome } from '../../judge/history/operation.ts';
import { checkEventShape } from '../../nostr/event.ts';
import { parseJson } from '../../nostr/json.ts';
import { encodeEntry } from '../../result/history/codec.ts';
import type { FrameStore } from '../../wire/frame-store.ts';
import type { EventFate, EventOutcome, FailureReason } from '../../workload/event-fate.ts';
import { isAnswer } from '../../workload/event-fate.ts';
import type { FromWorker } from '../messages.ts';

const NOTE_KIND = 1;
/** Bytes that are gathered before they are sent on. */
const BATCH_BYTES = 64 * 1024;

export interface HistoryLogOptions {
  readonly start: { readonly monotonicNs: number };
  /** Number of the relay process that a connection has reached; negative where that is not known. */
  readonly relayOf: (connection: number) => number;
  readonly send: (entries: Uint8Array) => void;
}

/**
 * Writes down what is published, when, and how that ends, so that it can be audited after the run. Its memory does not grow:
 * what has been gathered is sent on.
 */
export class HistoryLog implements EventFate {
  readonly #options: HistoryLogOptions;
  #entries: Buffer[] = [];
  #bytes = 0;

  constructor(options: HistoryLogOptions) {
    this.#options = options;
  }

  onSent(store: FrameStore, slot: number, _scheduledNs: number, startedNs: number): void {
    const at = store.startOf(slot);
    const facts = factsIn(store.bytes.subarray(at, at + (store.length[slot] as number)));
    const connection = store.connection[slot] as number;
    const number = store.number[slot] as number;
    const relay = this.#options.relayOf(connection);
    this.#put({ type: 'sent', number, atMs: this.#msOf(startedNs), connection, relay, facts });
  }

  onEnded(number: number, outcome: EventOutcome, reason: FailureReason): void {
    const atMs = this.#msOf(monotonicNs());
    this.#put({ type: 'ended', number, atMs, outcome: outcomeOf(outcome, reason), reason });
  }

  onLate(number: number, outcome: EventOutcome, reason: FailureReason): void {
    this.onEnded(number, outcome, reason);
  }

  /** Sends on what has been gathered. */
  flush(): void {
    if (this.#bytes === 0) return;
    this.#options.send(Uint8Array.prototype.slice.call(Buffer.concat(this.#entries)));
    this.#entries = [];
    this.#bytes = 0;
  }

  #put(entry: HistoryEntry): void {
    const bytes = encodeEntry(entry);
    this.#entries.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= BATCH_BYTES) this.flush();
  }

  #msOf(ns: number): number {
    return (ns - this.#options.start.monotonicNs) / NS_PER_MS;
  }
}

/** Of a failure it matters whether the relay has said so. */
function outcomeOf(outcome: EventOutcome, reason: FailureReason): PublishOutcome {
  if (outcome !== 'failed') return outcome;
  return isAnswer(reason) ? 'refused' : 'unknown';
}

/** An event as this generator writes it. */
const HEAD =
  /^\["EVENT",\{"id":"([0-9a-f]{64})","pubkey":"([0-9a-f]{64})","created_at":(\d{1,15}),"kind":(\d{1,5}),/;
/** Whether anything may be special of an event of a regular kind. */
const MAY_BE_SPECIAL = /"expiration"|\["-"/;

/** @throws Error where a frame of this generator holds no event, which would be a bug */
function factsIn(frame: Buffer): EventFacts {
  const text = messageOfMaskedFrame(frame);
  return plainFacts(text) ?? parsedFacts(text);
}

/** The usual note costs no parsing; null for all others. */
function plainFacts(text: string): EventFacts | null {
  const match = HEAD.exec(text);
  if (match === null || Number(match[4]) !== NOTE_KIND || MAY_BE_SPECIAL.test(text)) return null;
  const [, id = '', pubkey = '', created_at] = match;
  const author = pubkey.slice(0, AUTHOR_DIGITS);
  return { id, author, kind: NOTE_KIND, created_at: Number(created_at), special: null };
}

function parsedFacts(text: string): EventFacts {
  const message = parseJson(text);
  const { event } = checkEventShape(Array.isArray(message) ? message[1] : null);
  if (event === undefined) throw new Error('a frame that publishes holds no event');
  return factsOf(event);
}

/** The log of a worker that is asked for one, else null. */
export function createHistoryLog(
  { logHistory, send }: { readonly logHistory: boolean; readonly send: (message: FromWorker) => void },
  options: Omit<HistoryLogOptions, 'send'>,
): HistoryLog | null {
  return logHistory
    ? new HistoryLog({ ...options, send: (entries) => send({ type: 'history', entries }) })
    : null;
}
