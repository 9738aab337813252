import { type FileHandle, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { RelayBenchError } from '../../base/errors.ts';
import type { Chunk } from '../chunk.ts';
import { notWritten, outTaken } from './errors.ts';
import { type CorpusManifest, type CorpusOrigin, manifestSchema } from './manifest.ts';
import { createPartial, publishPartial } from './partial-dir.ts';
import { MANIFEST_FILE } from './read-manifest.ts';
import { Tally } from './tally.ts';

export interface WriteCorpusOptions {
  /** Directory to make; it must not exist or be empty. */
  readonly dir: string;
  readonly gzip: boolean;
  readonly chunks: AsyncIterable<Chunk>;
  /** Asked when all chunks are written. */
  readonly origin: () => CorpusOrigin;
  /** Called after each chunk with the events written so far. */
  readonly onProgress?: (events: number) => void;
  readonly signal?: AbortSignal | undefined;
}

const compress = promisify(gzip);

/**
 * Writes a corpus: `events.jsonl` or `events.jsonl.gz` and `manifest.json`. The directory appears when everything is
 * in it and safely on disk, and not at all where anything goes wrong or the signal is aborted.
 * @throws RelayBenchError `CORPUS_OUT_TAKEN`, `CORPUS_NOT_WRITTEN`; whatever `chunks` throws; the signal's reason
 */
export async function writeCorpus(options: WriteCorpusOptions): Promise<CorpusManifest> {
  await requireEmpty(options.dir);
  try {
    const partial = await createPartial(options.dir);
    try {
      const manifest = await writeFiles(partial, options);
      await publishPartial(partial, options.dir);
      return manifest;
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  } catch (error) {
    throw isFileSystemError(error) ? notWritten(options.dir, error) : error;
  }
}

async function requireEmpty(dir: string): Promise<void> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw notWritten(dir, error);
  });
  if (names.includes(MANIFEST_FILE)) throw outTaken(dir, 'another corpus');
  if (names.length > 0) throw outTaken(dir, 'other files');
}

function isFileSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && !(error instanceof RelayBenchError);
}

async function writeFiles(partial: string, options: WriteCorpusOptions): Promise<CorpusManifest> {
  const name = options.gzip ? 'events.jsonl.gz' : 'events.jsonl';
  const tally = new Tally();
  const handle = await open(join(partial, name), 'wx');
  let sizes: Sizes;
  try {
    sizes = await writeChunks(handle, options, tally);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  const manifest = manifestSchema.parse({
    format: 'relay-bench-corpus',
    formatVersion: 1,
    source: options.origin(),
    ...tally.figures(),
    file: { name, ...sizes },
  });
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFile(join(partial, MANIFEST_FILE), text, { flush: true });
  return manifest;
}

interface Sizes {
  readonly bytes: number;
  readonly textBytes: number;
}

/** Compressed, each chunk is a member of its own of one gzip file (RFC 1952 section 2.2). */
async function writeChunks(handle: FileHandle, options: WriteCorpusOptions, tally: Tally): Promise<Sizes> {
  let bytes = 0;
  let textBytes = 0;
  for await (const chunk of options.chunks) {
    options.signal?.throwIfAborted();
    const written = options.gzip ? await compress(chunk.text) : chunk.text;
    await handle.writeFile(written);
    bytes += written.length;
    textBytes += chunk.text.length;
    tally.add(chunk);
    options.onProgress?.(tally.events);
  }
  return { bytes, textBytes };
}
