import { isHex64 } from '../../nostr/event.ts';
import type { RemovedEvent, StoredEvent } from '../store/stored-event.ts';
import { eventRow, TextEvent } from '../store/text-event.ts';

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

/** Fields of a row before its JSON. */
const ROW_FIELDS = 5;

/** An event travels as a line about it and its JSON, which nobody has to serialise again. */
export function encodeMessage(message: BusMessage): string {
  if (message.type !== 'event') return JSON.stringify(message);
  const { type, from, lsn, event } = message;
  const row = eventRow(event);
  return `${JSON.stringify({ type, from, lsn, row: row.slice(0, ROW_FIELDS) })}\n${event.json}`;
}

/** Relays call themselves something short. */
const NAME_MAX = 200;
/** Of one message; twice what a relay sends at once. */
const REMOVED_MAX = 1_000;
/** `kind:pubkey:` and a `d` tag, which is part of an event that a relay accepts. */
const ADDRESS_MAX = 2 ** 20;
const KIND_MAX = 65_535;
/** Transaction ids of Postgres are 63 bits in SQL. */
const TRANSACTION = /^\d{1,19}$/;
const TRANSACTION_MAX = 2n ** 63n - 1n;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a message of {@link encodeMessage} from whoever wrote it: every field is checked, except for the text of an event,
 * which is as it came.
 * @throws Error where it is none
 */
export function parseMessage(text: string): BusMessage {
  const end = text.indexOf('\n');
  const fields = fieldsOf(JSON.parse(end < 0 ? text : text.slice(0, end)));
  const from = fields['from'];
  if (typeof from !== 'string' || from === '' || from.length > NAME_MAX) throw new Error('it names no relay');
  switch (fields['type']) {
    case 'event':
      return { type: 'event', from, lsn: lsnOf(fields), event: eventOf(fields['row'], text.slice(end + 1)) };
    case 'gone':
      return { type: 'gone', from, lsn: lsnOf(fields), removed: removedOf(fields['removed']) };
    case 'beat':
      return { type: 'beat', from, beat: countOf(fields['beat']) };
    case 'gap':
      return { type: 'gap', from, since: transactionOf(fields['since']) };
    case 'bye':
      return { type: 'bye', from };
    default:
      throw new Error('it is of no known type');
  }
}

function fieldsOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null) return value as Fields;
  throw new Error('it is no object');
}

function countOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error('it has no whole number where one belongs');
}

/** What it claims of the log is bounded by what the primary says of it (`Readers`). */
function lsnOf(fields: Fields): number {
  return countOf(fields['lsn']);
}

function transactionOf(value: unknown): string {
  if (typeof value === 'string' && TRANSACTION.test(value) && BigInt(value) <= TRANSACTION_MAX) return value;
  throw new Error('it has no transaction');
}

function removedOf(value: unknown): RemovedEvent[] {
  if (!Array.isArray(value) || value.length > REMOVED_MAX) throw new Error('it has no list of events');
  return value.map((each) => {
    const { id, address } = fieldsOf(each);
    if (!isHex64(id)) throw new Error('it has an id that is none');
    if (address !== null && (typeof address !== 'string' || address.length > ADDRESS_MAX)) {
      throw new Error('it has an address that is none');
    }
    return { id, address };
  });
}

function eventOf(row: unknown, json: string): TextEvent {
  if (!Array.isArray(row) || row.length !== ROW_FIELDS) throw new Error('it has no row of an event');
  const [id, pubkey, createdAt, kind, expiresAt] = row as unknown[];
  if (!isHex64(id) || !isHex64(pubkey)) throw new Error('it has an id that is none');
  if (countOf(kind) > KIND_MAX) throw new Error('it has a kind that is none');
  const until = expiresAt === null ? null : countOf(expiresAt);
  if (!Number.isSafeInteger(createdAt)) throw new Error('it has a time that is none');
  return new TextEvent([id, pubkey, Number(createdAt), countOf(kind), until, json]);
}
