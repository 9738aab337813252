import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { type Operation, OperationJoiner } from '../judge/history/operation.ts';
import { decodeEntries, HistoryCorrupt } from '../result/history/codec.ts';

/** The file beside `run.json`: what was published, when, and how that ended. */
export const HISTORY_FILE = 'history.bin';

/** What the file begins with: its name and the version of its format. */
const MAGIC = Buffer.from('RBHIST01');
/** Of a block: bytes of its entries, and their CRC-32, little-endian. The last one is empty and has the number of blocks instead. */
const HEADER_BYTES = 8;
/** Workers send some 64 KB; a length beyond this is no length. */
const BLOCK_MAX = 64 * 2 ** 20;

/** What has become of the history of a run. */
export type HistoryEnd =
  | { readonly bytes: number; readonly problem: null }
  /** It is not whole and was removed, which also frees its space. */
  | { readonly bytes: null; readonly problem: string };

/** Takes entries while a run goes on. Never throws: a history that can't be written costs the audit, not the run. */
export interface HistoryWriter {
  /** @param entries whole ones, as `result/history` has them */
  append(entries: Uint8Array): void;
  /** Ends the file. */
  close(): Promise<HistoryEnd>;
}

/** What may wait for a slow disk; beyond this the history is given up, since the load does not wait for it. */
const MOST_WAITING_BYTES = 64 * 2 ** 20;

/**
 * Begins the file. It is written as the entries come; little of it is ever in memory.
 * @param mostWaiting bytes that may wait for the disk
 */
export function writeHistory(path: string, mostWaiting = MOST_WAITING_BYTES): HistoryWriter {
  const stream: WriteStream = createWriteStream(path);
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  let bytes = MAGIC.length + HEADER_BYTES;
  let blocks = 0;
  let problem: string | null = null;
  const giveUp = (why: string): void => {
    problem ??= why;
    stream.destroy();
  };
  stream.on('error', (error) => giveUp(error.message));
  stream.write(MAGIC);
  return {
    append: (entries) => {
      if (problem !== null) return;
      bytes += HEADER_BYTES + entries.length;
      blocks++;
      stream.write(headerOf(entries.length, crc32(entries)));
      stream.write(entries);
      if (stream.writableLength > mostWaiting) giveUp("the disk can't keep up with what is published");
    },
    close: async () => {
      if (problem === null) stream.end(headerOf(0, blocks));
      await closed;
      if (problem === null) return { bytes, problem: null };
      const whereToLook = await removed(path);
      return { bytes: null, problem: `${path} could not be written: ${problem}${whereToLook}` };
    },
  };
}

function headerOf(length: number, check: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(length, 0);
  header.writeUInt32LE(check, 4);
  return header;
}

/** What is to be said of a file that could not even be removed. */
async function removed(path: string): Promise<string> {
  try {
    await rm(path, { force: true });
    return '';
  } catch (error) {
    return `; what is left of it could not be removed: ${messageOf(error)}`;
  }
}

/**
 * Reads the operations of a history, each once it is decided; those of which nothing is known come last. Holds one block and
 * what is undecided in memory.
 * @throws RelayBenchError `AUDIT_FILE_INVALID` where the file is missing, cut off or changed
 */
export async function* readOperations(path: string): AsyncGenerator<Operation> {
  const joiner = new OperationJoiner();
  for await (const block of readBlocks(path)) {
    for (const entry of entriesIn(path, block)) {
      const operation = joiner.push(entry);
      if (operation !== null) yield operation;
    }
  }
  yield* joiner.rest();
}

function* entriesIn(path: string, block: Buffer): ReturnType<typeof decodeEntries> {
  try {
    yield* decodeEntries(block);
  } catch (cause) {
    if (cause instanceof HistoryCorrupt) throw invalid(`${path} is damaged: ${cause.message}`, cause);
    throw cause;
  }
}

async function* readBlocks(path: string): AsyncGenerator<Buffer> {
  const bytes = new ByteReader(path);
  try {
    if (!(await bytes.take(MAGIC.length))?.equals(MAGIC))
      throw invalid(`${path} is no history of this version`);
    for (let blocks = 0; ; blocks++) {
      const block = await nextBlock(bytes, path, blocks);
      if (block === null) return;
      yield block;
    }
  } finally {
    bytes.close();
  }
}

/** The block behind so many others; null behind the last one. */
async function nextBlock(bytes: ByteReader, path: string, blocks: number): Promise<Buffer | null> {
  const header = await bytes.take(HEADER_BYTES);
  if (header === null) throw invalid(`${path} is cut off`);
  const length = header.readUInt32LE(0);
  const check = header.readUInt32LE(4);
  if (length === 0 && check === blocks) return null;
  const block = length > BLOCK_MAX ? null : await bytes.take(length);
  if (block === null) throw invalid(`${path} is cut off`);
  if (crc32(block) !== check) throw invalid(`${path} is damaged: a checksum is wrong`);
  return block;
}

/** Takes a file apart in pieces of known length. */
class ByteReader {
  readonly #path: string;
  readonly #stream: ReturnType<typeof createReadStream>;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
    this.#stream = createReadStream(path);
    this.#chunks = (this.#stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** @returns null at the end of the file. @throws RelayBenchError where it ends within the piece or can't be read */
  async take(length: number): Promise<Buffer | null> {
    const parts = [this.#rest];
    let have = this.#rest.length;
    while (have < length) {
      const chunk = await this.#next();
      if (chunk === null) break;
      parts.push(chunk);
      have += chunk.length;
    }
    if (have === 0 && length > 0) return null;
    if (have < length) throw invalid(`${this.#path} is cut off`);
    const all = parts.length === 1 ? this.#rest : Buffer.concat(parts);
    this.#rest = all.subarray(length);
    return all.subarray(0, length);
  }

  close(): void {
    this.#stream.destroy();
  }

  async #next(): Promise<Buffer | null> {
    try {
      const { value, done } = await this.#chunks.next();
      return done === true ? null : (value as Buffer);
    } catch (cause) {
      throw invalid(`${this.#path} can't be read: ${messageOf(cause)}`, cause);
    }
  }
}

function invalid(message: string, cause?: unknown): RelayBenchError {
  return new RelayBenchError(message, {
    code: 'AUDIT_FILE_INVALID',
    hint: `the run must have been made with --audit; ${HISTORY_FILE} lies beside its run.json`,
    cause,
  });
}
