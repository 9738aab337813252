import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf, RelayBenchError } from '../../base/errors.ts';

/** Bytes of a file that are read at once: some hundred events. */
const PIECE_BYTES = 131_072;

/** The bytes of a file, which is opened when the first are asked for. */
export async function* readPieces(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: PIECE_BYTES });
}

/**
 * The bytes as they stand, or decompressed where they begin as gzip does (RFC 1952).
 * @param name what to call them in errors
 * @param onRead called with the bytes read, compressed ones where they are compressed
 * @throws RelayBenchError `CORPUS_INPUT_UNREADABLE`
 */
export async function* decompressed(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
  onRead: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  try {
    const counted = count(pieces, onRead);
    const first = await counted.next();
    if (first.done === true) return;
    const all = prepend(first.value, counted);
    yield* isGzip(first.value) ? gunzip(all) : all;
  } catch (cause) {
    throw new RelayBenchError(`${name} can't be read: ${messageOf(cause)}`, {
      code: 'CORPUS_INPUT_UNREADABLE',
      hint: 'name a file of events, one JSON object a line, gzip or not',
      cause,
    });
  }
}

async function* count(
  pieces: AsyncIterable<Uint8Array>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    onRead(piece.length);
    yield piece;
  }
}

async function* prepend(first: Uint8Array, others: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* others;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** An error of the source or of the compressed data is thrown by the iteration. */
function gunzip(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const decompressor = createGunzip({ chunkSize: PIECE_BYTES });
  pipeline(Readable.from(pieces, { objectMode: false }), decompressor, (error) => {
    if (error) decompressor.destroy(error);
  });
  return decompressor;
}
