import type { RemovedEvent, StoredEvent } from '../store/stored-event.ts';
import { type EventRow, eventRow, TextEvent } from '../store/text-event.ts';

/** What relay processes tell each other. */
export type BusMessage =
  /** An event was accepted; `lsn` is the position of the log in which it is stored, 0 for an ephemeral one. */
  | { readonly type: 'event'; readonly from: string; readonly lsn: number; readonly event: StoredEvent }
  /** Events were removed or replaced; `lsn` is the position of the log up to which that is told. */
  | {
      readonly type: 'gone';
      readonly from: string;
      readonly lsn: number;
      readonly removed: readonly RemovedEvent[];
    }
  /** The process lives, and the channel carries. */
  | { readonly type: 'beat'; readonly from: string; readonly beat: number }
  /** The process could not publish for a while: what it has stored since that transaction must be looked for. */
  | { readonly type: 'gap'; readonly from: string; readonly since: string }
  /** The process ends; everything that it has stored was published. */
  | { readonly type: 'bye'; readonly from: string };

/** An event travels as a line about it and its JSON, which nobody has to serialise again. */
export function encodeMessage(message: BusMessage): string {
  if (message.type !== 'event') return JSON.stringify(message);
  const { type, from, lsn, event } = message;
  const row = eventRow(event);
  return `${JSON.stringify({ type, from, lsn, row: row.slice(0, 5) })}\n${event.json}`;
}

type EventHead = {
  readonly type: 'event';
  readonly from: string;
  readonly lsn: number;
  readonly row: EventRow;
};

/** Reads a message of {@link encodeMessage}; who else writes to the channel is not expected. */
export function decodeMessage(text: string): BusMessage {
  const end = text.indexOf('\n');
  if (end < 0) return JSON.parse(text) as BusMessage;
  const { type, from, lsn, row } = JSON.parse(text.slice(0, end)) as EventHead;
  const [id, pubkey, createdAt, kind, expiresAt] = row;
  const event = new TextEvent([id, pubkey, createdAt, kind, expiresAt, text.slice(end + 1)]);
  return { type, from, lsn, event };
}
