import type { EventFacts, SpecialFacts } from '../../judge/history/event-facts.ts';
import type { EndedEntry, HistoryEntry, PublishOutcome, SentEntry } from '../../judge/history/operation.ts';

/**
 * The entries of a history as bytes, little-endian, one behind the other:
 *
 *   sent:  1 · number f64 · ms f64 · connection u32 · relay i16 · id 32 · author 8 · kind u16 · created_at f64 · length u32 · JSON
 *   ended: 2 · number f64 · ms f64 · outcome u8 · length u8 · reason
 *
 * The JSON holds what most events have nothing of; it is empty then.
 */
const SENT = 1;
const ENDED = 2;
const ID_BYTES = 32;
const AUTHOR_BYTES = 8;
const SENT_BYTES = 77;
const ENDED_BYTES = 19;
const REASON_MAX = 32;

const OUTCOMES = [
  'accepted',
  'duplicate',
  'superseded',
  'refused',
  'unknown',
] as const satisfies readonly PublishOutcome[];

/** Bytes that are no entries. */
export class HistoryCorrupt extends Error {}

/** The bytes of an entry. A reason is cut to 32 characters and has no others than those of Latin-1: it comes from a relay. */
export function encodeEntry(entry: HistoryEntry): Buffer {
  return entry.type === 'sent' ? encodeSent(entry) : encodeEnded(entry);
}

/** The entries in whole bytes of them. @throws HistoryCorrupt where they are cut off or hold something else */
export function* decodeEntries(bytes: Buffer): Generator<HistoryEntry> {
  for (let at = 0; at < bytes.length; ) {
    const { entry, end } = decodeAt(bytes, at);
    yield entry;
    at = end;
  }
}

interface Decoded {
  readonly entry: HistoryEntry;
  readonly end: number;
}

function decodeAt(bytes: Buffer, at: number): Decoded {
  const type = bytes[at];
  if (type === SENT) return decodeSent(bytes, at);
  if (type === ENDED) return decodeEnded(bytes, at);
  throw new HistoryCorrupt(`an entry of unknown type ${type}`);
}

function encodeSent({ number, atMs, connection, relay, facts }: SentEntry): Buffer {
  const special = facts.special === null ? '' : JSON.stringify(facts.special);
  const specialBytes = Buffer.byteLength(special);
  const row = Buffer.alloc(SENT_BYTES + specialBytes);
  row[0] = SENT;
  row.writeDoubleLE(number, 1);
  row.writeDoubleLE(atMs, 9);
  row.writeUInt32LE(connection, 17);
  row.writeInt16LE(relay, 21);
  row.write(facts.id, 23, 'hex');
  row.write(facts.author, 55, 'hex');
  row.writeUInt16LE(facts.kind, 63);
  row.writeDoubleLE(facts.created_at, 65);
  row.writeUInt32LE(specialBytes, 73);
  row.write(special, SENT_BYTES);
  return row;
}

function decodeSent(bytes: Buffer, at: number): Decoded {
  requireBytes(bytes, at, SENT_BYTES);
  const end = at + SENT_BYTES + bytes.readUInt32LE(at + 73);
  requireBytes(bytes, at, end - at);
  const facts: EventFacts = {
    id: bytes.toString('hex', at + 23, at + 23 + ID_BYTES),
    author: bytes.toString('hex', at + 55, at + 55 + AUTHOR_BYTES),
    kind: bytes.readUInt16LE(at + 63),
    created_at: bytes.readDoubleLE(at + 65),
    special: specialIn(bytes.toString('utf8', at + SENT_BYTES, end)),
  };
  const entry: SentEntry = {
    type: 'sent',
    number: bytes.readDoubleLE(at + 1),
    atMs: bytes.readDoubleLE(at + 9),
    connection: bytes.readUInt32LE(at + 17),
    relay: bytes.readInt16LE(at + 21),
    facts,
  };
  return { entry, end };
}

function specialIn(text: string): SpecialFacts | null {
  if (text === '') return null;
  try {
    return JSON.parse(text) as SpecialFacts;
  } catch (cause) {
    throw new HistoryCorrupt('what is special of an event is no JSON', { cause });
  }
}

function encodeEnded({ number, atMs, outcome, reason }: EndedEntry): Buffer {
  const text = Buffer.from(reason.slice(0, REASON_MAX), 'latin1');
  const row = Buffer.alloc(ENDED_BYTES + text.length);
  row[0] = ENDED;
  row.writeDoubleLE(number, 1);
  row.writeDoubleLE(atMs, 9);
  row[17] = OUTCOMES.indexOf(outcome);
  row[18] = text.length;
  text.copy(row, ENDED_BYTES);
  return row;
}

function decodeEnded(bytes: Buffer, at: number): Decoded {
  requireBytes(bytes, at, ENDED_BYTES);
  const end = at + ENDED_BYTES + (bytes[at + 18] as number);
  requireBytes(bytes, at, end - at);
  const outcome = OUTCOMES[bytes[at + 17] as number];
  if (outcome === undefined) throw new HistoryCorrupt('an entry of unknown outcome');
  const entry: EndedEntry = {
    type: 'ended',
    number: bytes.readDoubleLE(at + 1),
    atMs: bytes.readDoubleLE(at + 9),
    outcome,
    reason: bytes.toString('latin1', at + ENDED_BYTES, end),
  };
  return { entry, end };
}

function requireBytes(bytes: Buffer, at: number, wanted: number): void {
  if (at + wanted > bytes.length) throw new HistoryCorrupt('an entry is cut off');
}
