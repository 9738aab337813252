const LINE_FEED = 0x0a;

/** Bytes of the longest line that is looked at; the largest events in the wild have a tenth of it. */
export const MAX_LINE_BYTES = 1_048_576;

/** Whole lines of a file. */
export interface LineBlock {
  /** Number of the first line, from 1. */
  readonly firstLine: number;
  readonly lines: number;
  /** The lines with their line feeds; the last line of the file may have none. Shares its memory with nothing. */
  readonly text: Uint8Array<ArrayBuffer>;
}

/** A line that was longer than `MAX_LINE_BYTES` and was thrown away while it was read. */
export interface OverlongLine {
  readonly overlongLine: number;
}

/** Larger pieces are looked at in parts: some hundred events, whose threads answer soon. */
const PART_BYTES = 131_072;

/**
 * Cuts a stream of bytes into blocks of whole lines. Memory is bounded by the longest line that is allowed, whatever
 * comes.
 */
export async function* lineBlocks(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<LineBlock | OverlongLine> {
  const cutter = new LineCutter();
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += PART_BYTES) {
      const length = Math.min(PART_BYTES, piece.length - at);
      yield* cutter.push(Buffer.from(piece.buffer, piece.byteOffset + at, length));
    }
  }
  yield* cutter.end();
}

class LineCutter {
  /** The beginning of a line whose end has not come. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** Whether that line is too long already, so that it is thrown away. */
  #isOverlong = false;
  #nextLine = 1;

  *push(piece: Buffer): Generator<LineBlock | OverlongLine> {
    const firstEnd = piece.indexOf(LINE_FEED);
    if (firstEnd < 0) {
      this.#keep(piece);
      return;
    }
    yield* this.#completeFirst(piece.subarray(0, firstEnd + 1));
    const lastEnd = piece.lastIndexOf(LINE_FEED);
    if (lastEnd > firstEnd) yield this.#block([piece.subarray(firstEnd + 1, lastEnd + 1)]);
    this.#keep(piece.subarray(lastEnd + 1));
  }

  *end(): Generator<LineBlock | OverlongLine> {
    if (this.#restBytes > 0) yield* this.#completeFirst(Buffer.alloc(0));
  }

  #keep(piece: Buffer): void {
    this.#restBytes += piece.length;
    if (this.#restBytes > MAX_LINE_BYTES) {
      this.#isOverlong = true;
      this.#rest = [];
    } else if (piece.length > 0) {
      this.#rest.push(piece);
    }
  }

  *#completeFirst(end: Buffer): Generator<LineBlock | OverlongLine> {
    this.#keep(end);
    if (this.#isOverlong) yield { overlongLine: this.#nextLine++ };
    else yield this.#block(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    this.#isOverlong = false;
  }

  #block(parts: readonly Buffer[]): LineBlock {
    const text = Buffer.from(new ArrayBuffer(parts.reduce((sum, { length }) => sum + length, 0)));
    let at = 0;
    for (const part of parts) at += part.copy(text, at);
    const firstLine = this.#nextLine;
    const lines = countLines(text);
    this.#nextLine += lines;
    return { firstLine, lines, text };
  }
}

function countLines(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(LINE_FEED); at >= 0; at = text.indexOf(LINE_FEED, at + 1)) lines++;
  return text.at(-1) === LINE_FEED ? lines : lines + 1;
}

/** Calls `visit` with each line of a block, without its line feed, and its number. */
export function eachLine(
  { firstLine, text }: LineBlock,
  visit: (line: Buffer, number: number) => void,
): void {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.length);
  for (let start = 0, number = firstLine; start < bytes.length; number++) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found;
    visit(bytes.subarray(start, end), number);
    start = end + 1;
  }
}
