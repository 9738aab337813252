/** One event on its way into a corpus file. */
export interface ChunkEvent {
  readonly id: string;
  readonly pubkey: string;
  readonly kind: number;
  readonly createdAt_s: number;
  readonly tagCount: number;
  /** Bytes of the content in UTF-8. */
  readonly contentBytes: number;
  /** The event on one line. */
  readonly json: string;
}

/**
 * Consecutive events as they travel between threads: the lines of the file and beside them, in columns, what the
 * manifest counts. Its memory is transferred, not copied.
 */
export interface Chunk {
  readonly events: number;
  /** The events as JSON in UTF-8, each ended by a line feed. */
  readonly text: Uint8Array<ArrayBuffer>;
  /** 65 bytes an event: the id in hex and a line feed. */
  readonly ids: Uint8Array<ArrayBuffer>;
  /** 64 bytes an event: the public key in hex. */
  readonly pubkeys: Uint8Array<ArrayBuffer>;
  readonly kinds: Uint16Array<ArrayBuffer>;
  readonly createdAt_s: Float64Array<ArrayBuffer>;
  readonly tagCounts: Uint32Array<ArrayBuffer>;
  readonly contentBytes: Uint32Array<ArrayBuffer>;
  /** Bytes of each event without its line feed. */
  readonly eventBytes: Uint32Array<ArrayBuffer>;
}

/** Bytes an event takes in `ids` and in `pubkeys`. */
export const ID_STRIDE = 65;
export const PUBKEY_STRIDE = 64;

const LINE_FEED = 0x0a;
/** No UTF-16 unit takes more bytes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** The memory of a chunk, for transferring it to another thread. */
export function memoryOf(chunk: Chunk): ArrayBuffer[] {
  const { text, ids, pubkeys, kinds, createdAt_s, tagCounts, contentBytes, eventBytes } = chunk;
  return [text, ids, pubkeys, kinds, createdAt_s, tagCounts, contentBytes, eventBytes].map(
    ({ buffer }) => buffer,
  );
}

/** Gathers events into a chunk. */
export class ChunkBuilder {
  readonly #ids: Buffer<ArrayBuffer>;
  readonly #pubkeys: Buffer<ArrayBuffer>;
  readonly #kinds: Uint16Array<ArrayBuffer>;
  readonly #createdAt_s: Float64Array<ArrayBuffer>;
  readonly #tagCounts: Uint32Array<ArrayBuffer>;
  readonly #contentBytes: Uint32Array<ArrayBuffer>;
  readonly #eventBytes: Uint32Array<ArrayBuffer>;
  #text: Buffer<ArrayBuffer>;
  #length = 0;
  #events = 0;

  /** @param capacity most events; `textBytes` is a guess, the text grows where it is too low */
  constructor(capacity: number, textBytes: number) {
    this.#ids = ownBuffer(capacity * ID_STRIDE);
    this.#pubkeys = ownBuffer(capacity * PUBKEY_STRIDE);
    this.#kinds = new Uint16Array(capacity);
    this.#createdAt_s = new Float64Array(capacity);
    this.#tagCounts = new Uint32Array(capacity);
    this.#contentBytes = new Uint32Array(capacity);
    this.#eventBytes = new Uint32Array(capacity);
    this.#text = ownBuffer(textBytes);
  }

  add(event: ChunkEvent): void {
    const at = this.#events++;
    this.#ids.write(event.id, at * ID_STRIDE, 'latin1');
    this.#ids[at * ID_STRIDE + event.id.length] = LINE_FEED;
    this.#pubkeys.write(event.pubkey, at * PUBKEY_STRIDE, 'latin1');
    this.#kinds[at] = event.kind;
    this.#createdAt_s[at] = event.createdAt_s;
    this.#tagCounts[at] = event.tagCount;
    this.#contentBytes[at] = event.contentBytes;
    this.#reserve(event.json.length * MAX_BYTES_PER_UNIT + 1);
    const bytes = this.#text.write(event.json, this.#length);
    this.#eventBytes[at] = bytes;
    this.#text[this.#length + bytes] = LINE_FEED;
    this.#length += bytes + 1;
  }

  /** The chunk; the builder is of no use afterwards. */
  build(): Chunk {
    const events = this.#events;
    return {
      events,
      text: this.#text.subarray(0, this.#length),
      ids: this.#ids.subarray(0, events * ID_STRIDE),
      pubkeys: this.#pubkeys.subarray(0, events * PUBKEY_STRIDE),
      kinds: this.#kinds.subarray(0, events),
      createdAt_s: this.#createdAt_s.subarray(0, events),
      tagCounts: this.#tagCounts.subarray(0, events),
      contentBytes: this.#contentBytes.subarray(0, events),
      eventBytes: this.#eventBytes.subarray(0, events),
    };
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#text.length) return;
    const larger = ownBuffer(Math.max(needed, 2 * this.#text.length));
    larger.set(this.#text.subarray(0, this.#length));
    this.#text = larger;
  }
}

/** A buffer that shares its memory with no other, so that it can be transferred. */
function ownBuffer(bytes: number): Buffer<ArrayBuffer> {
  return Buffer.from(new ArrayBuffer(bytes));
}

/** The chunk without the events for which `keep` holds a zero. */
export function selectEvents(chunk: Chunk, keep: Uint8Array): Chunk {
  const chosen = [...keep.keys()].filter((at) => keep[at] === 1);
  if (chosen.length === chunk.events) return chunk;
  return {
    events: chosen.length,
    text: selectLines(chunk, keep),
    ids: selectRows(chunk.ids, chosen, ID_STRIDE),
    pubkeys: selectRows(chunk.pubkeys, chosen, PUBKEY_STRIDE),
    kinds: Uint16Array.from(chosen, (at) => chunk.kinds[at] as number),
    createdAt_s: Float64Array.from(chosen, (at) => chunk.createdAt_s[at] as number),
    tagCounts: Uint32Array.from(chosen, (at) => chunk.tagCounts[at] as number),
    contentBytes: Uint32Array.from(chosen, (at) => chunk.contentBytes[at] as number),
    eventBytes: Uint32Array.from(chosen, (at) => chunk.eventBytes[at] as number),
  };
}

function selectRows(rows: Uint8Array, chosen: readonly number[], stride: number): Uint8Array<ArrayBuffer> {
  const selected = new Uint8Array(chosen.length * stride);
  chosen.forEach((from, to) => {
    selected.set(rows.subarray(from * stride, (from + 1) * stride), to * stride);
  });
  return selected;
}

function selectLines({ text, eventBytes }: Chunk, keep: Uint8Array): Uint8Array<ArrayBuffer> {
  const selected = new Uint8Array(text.length);
  let from = 0;
  let to = 0;
  eventBytes.forEach((bytes, at) => {
    const end = from + bytes + 1;
    if (keep[at] === 1) {
      selected.set(text.subarray(from, end), to);
      to += bytes + 1;
    }
    from = end;
  });
  return selected.subarray(0, to);
}
