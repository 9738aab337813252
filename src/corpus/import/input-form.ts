const MARK = Buffer.from('\ufeff');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const OPENING: ReadonlySet<number | undefined> = new Set(Buffer.from('[{'));
const CLOSING: ReadonlySet<number | undefined> = new Set(Buffer.from(']}'));
const BLANKS: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));
const [ARRAY, END_OF_ARRAY] = [0x5b, 0x5d];
/** Bytes looked at to tell the form; nobody writes more blanks before an array. */
const LOOKED_AT = 4_096;

/** A text of events, one a line, whatever form it came in. */
export interface EventLines {
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Whether it is one JSON array; known once the first piece was read. */
  isArray(): boolean;
}

/**
 * Makes lines of what is read: a byte order mark goes, and the elements of one JSON array become a line each. Memory is
 * bounded by the pieces, however long the array is. Whether the lines are events is not looked at.
 */
export function asEventLines(pieces: AsyncIterable<Uint8Array>): EventLines {
  let isArray = false;
  return {
    isArray: () => isArray,
    pieces: (async function* () {
      let splitter: ArraySplitter | null = null;
      for await (const piece of withoutMark(pieces)) {
        if (piece.isFirst) {
          isArray = beginsArray(piece.bytes);
          splitter = isArray ? new ArraySplitter() : null;
        }
        yield splitter === null ? piece.bytes : splitter.push(piece.bytes);
      }
    })(),
  };
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly isFirst: boolean;
}

/** The first piece is long enough to tell the form by, unless the whole text is shorter. */
async function* withoutMark(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
  let first: Buffer | null = Buffer.alloc(0);
  for await (const bytes of pieces) {
    if (first === null) {
      yield { bytes, isFirst: false };
      continue;
    }
    first = Buffer.concat([first, bytes]);
    if (first.length < LOOKED_AT) continue;
    yield { bytes: unmarked(first), isFirst: true };
    first = null;
  }
  if (first !== null) yield { bytes: unmarked(first), isFirst: true };
}

function unmarked(bytes: Buffer): Buffer {
  return bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes;
}

/** Whether an array of objects or of arrays begins here; a line such as `["EVENT",…]` begins with a text. */
function beginsArray(bytes: Uint8Array): boolean {
  const [first, second] = bytes.subarray(0, LOOKED_AT).filter((byte) => !BLANKS.has(byte));
  return first === ARRAY && (OPENING.has(second) || second === END_OF_ARRAY);
}

/** Turns the text of one JSON array into a line for each element, a piece at a time. */
class ArraySplitter {
  #depth = 0;
  #inString = false;
  #isEscaped = false;

  push(piece: Uint8Array): Uint8Array {
    const lines = Uint8Array.from(piece);
    for (let at = 0; at < lines.length; at++) {
      const byte = lines[at] as number;
      if (this.#inString) this.#inText(byte);
      else lines[at] = this.#between(byte);
    }
    return lines;
  }

  #inText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }

  /** What stands between texts: the outer brackets go, the commas between elements end lines, other line ends go. */
  #between(byte: number): number {
    if (byte === QUOTE) this.#inString = true;
    if (byte === LINE_FEED || byte === RETURN) return SPACE;
    if (byte === COMMA && this.#depth === 1) return LINE_FEED;
    if (OPENING.has(byte)) return this.#depth++ === 0 ? SPACE : byte;
    if (CLOSING.has(byte)) return --this.#depth === 0 ? LINE_FEED : byte;
    return byte;
  }
}
