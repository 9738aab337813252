import { contentOf, type StoredEvent } from '../stored-event.ts';
import { tagKey } from './keys.ts';
import { contentNumbers } from './words.ts';

/** The rows of an event in the binary format of COPY, which is also how arrays hold their elements. */
export interface EventRows {
  /** The row of the table `event`, see {@link EVENT_COLUMNS}. */
  readonly row: Buffer;
  /** The rows of the table `tag`, one behind the other, see {@link TAG_COLUMNS}. */
  readonly tags: Buffer;
}

/** The columns of the rows, in their order. */
export const EVENT_COLUMNS = 'id, pubkey, created_at, kind, expires_at, json, words';
export const TAG_COLUMNS = 'tag, created_at, kind, id';
const EVENT_FIELDS = 7;
const TAG_FIELDS = 4;

const NULL_LENGTH = -1;
const INT4_OID = 23;
const ARRAY_HEADER_BYTES = 20;
/** UTF-8 has at most so many bytes for a character of a JavaScript string. */
const UTF8_MAX_BYTES = 3;
const FIRST_CAPACITY = 1 << 16;
/** Memory for longer rows is not kept. */
const KEPT_CAPACITY_MAX = 1 << 20;
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** The signature, no flags, no extension. */
const HEADER = Buffer.concat([SIGNATURE, Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);
/** The messages of the protocol: data with its length, and their end. */
const DATA = 'd'.charCodeAt(0);
const DATA_HEADER_BYTES = 5;
const DONE = Buffer.from('c\0\0\0\x04', 'latin1');

/** Writes rows into memory that is used again for the next ones: what is taken is a copy. */
class RowWriter {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  #length = 0;

  /** Forgets what was written, also where that has failed in between. */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > KEPT_CAPACITY_MAX) this.#bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  }

  /** Begins a row. */
  begin(fields: number): void {
    this.#reserve(2);
    this.#length = this.#bytes.writeInt16BE(fields, this.#length);
  }

  /** A field of four bytes, with a sign. */
  int4(value: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeInt32BE(4, this.#length);
    this.#length = this.#bytes.writeInt32BE(value, this.#length);
  }

  /** A field of eight bytes, with a sign; whole numbers that JavaScript holds exactly. */
  int8(value: number): void {
    this.#reserve(12);
    this.#length = this.#bytes.writeInt32BE(8, this.#length);
    this.#length = this.#bytes.writeInt32BE(Math.floor(value / 2 ** 32), this.#length);
    this.#length = this.#bytes.writeUInt32BE(value >>> 0, this.#length);
  }

  /** `hex`: of whole bytes. */
  bytea(hex: string): void {
    const size = hex.length / 2;
    this.#reserve(4 + size);
    this.#length = this.#bytes.writeInt32BE(size, this.#length);
    this.#length += this.#bytes.write(hex, this.#length, 'hex');
  }

  /** A field of UTF-8. */
  text(value: string): void {
    this.#reserve(4 + UTF8_MAX_BYTES * value.length);
    const size = this.#bytes.write(value, this.#length + 4);
    this.#bytes.writeInt32BE(size, this.#length);
    this.#length += 4 + size;
  }

  /** A field that is missing. */
  null(): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32BE(NULL_LENGTH, this.#length);
  }

  /** A field that is an array of one dimension; not empty. */
  int4Array(values: readonly number[]): void {
    const size = ARRAY_HEADER_BYTES + 8 * values.length;
    this.#reserve(4 + size);
    for (const field of [size, 1, 0, INT4_OID, values.length, 1]) {
      this.#length = this.#bytes.writeInt32BE(field, this.#length);
    }
    for (const value of values) this.int4(value);
  }

  /** What was written since it was last taken. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.clear();
    return taken;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * needed);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const writer = new RowWriter();

/** Computes the rows of an event. */
export function eventRows(event: StoredEvent): EventRows {
  const { id, pubkey, created_at, kind, expiresAt, json, tags } = event;
  writer.clear();
  writer.begin(EVENT_FIELDS);
  writer.bytea(id);
  writer.bytea(pubkey);
  writer.int8(created_at);
  writer.int4(kind);
  if (Number.isFinite(expiresAt)) writer.int8(expiresAt);
  else writer.null();
  writer.text(json);
  const words = contentNumbers(contentOf(event));
  if (words.length === 0) writer.null();
  else writer.int4Array(words);
  const row = writer.take();
  for (const [name, value] of tags) {
    writer.begin(TAG_FIELDS);
    writer.bytea(tagKey(name, value).slice(2));
    writer.int8(created_at);
    writer.int4(kind);
    writer.bytea(id);
  }
  return { row, tags: writer.take() };
}

/** What a server is sent for a COPY: rows between a header and a trailer as one message, and the message that it was all. */
export function copyMessages(rows: readonly Buffer[]): Buffer {
  const data = Buffer.allocUnsafe(DATA_HEADER_BYTES);
  data[0] = DATA;
  const bytes = rows.reduce((sum, row) => sum + row.length, HEADER.length + TRAILER.length);
  data.writeInt32BE(4 + bytes, 1);
  return Buffer.concat([data, HEADER, ...rows, TRAILER, DONE]);
}

/** The fields of rows that stand one behind the other; null where a field is missing. */
export function fieldsOf(rows: Buffer): (Buffer | null)[][] {
  const all: (Buffer | null)[][] = [];
  for (let offset = 0; offset < rows.length; ) {
    const fields: (Buffer | null)[] = [];
    const count = rows.readInt16BE(offset);
    offset += 2;
    while (fields.length < count) {
      const size = rows.readInt32BE(offset);
      offset += 4;
      fields.push(size === NULL_LENGTH ? null : rows.subarray(offset, offset + size));
      offset += Math.max(0, size);
    }
    all.push(fields);
  }
  return all;
}

/** Several arrays of numbers, as {@link fieldsOf} finds them, one behind the other, and where each begins and ends from 1. */
export function joinedInts(fields: readonly (Buffer | null)[]): {
  readonly joined: Buffer;
  readonly ranges: readonly (readonly [first: number, last: number])[];
} {
  const elements: Buffer[] = [];
  let length = 0;
  const ranges = fields.map((field) => {
    const first = length + 1;
    if (field !== null) {
      elements.push(field.subarray(ARRAY_HEADER_BYTES));
      length += field.readInt32BE(12);
    }
    return [first, length] as const;
  });
  const header = Buffer.alloc(ARRAY_HEADER_BYTES);
  for (const [index, field] of [1, 0, INT4_OID, length, 1].entries()) header.writeInt32BE(field, 4 * index);
  return { joined: Buffer.concat([header, ...elements]), ranges };
}
