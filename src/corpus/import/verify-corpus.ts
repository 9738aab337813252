import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CorpusManifest } from '../files/manifest.ts';
import { decompressed, readPieces } from '../files/open-input.ts';
import { corpusDir, readManifest } from '../files/read-manifest.ts';
import { Tally } from '../files/tally.ts';
import { CheckedChunks, type CheckOptions } from './checked-chunks.ts';

export interface VerifyOptions extends CheckOptions {
  /** Called now and then with the events checked so far. */
  readonly onProgress?: (events: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks a corpus from its file: every id and signature, and everything that the manifest says about the events.
 * @returns what is wrong, a sentence each; empty where all is right
 * @throws RelayBenchError `CORPUS_NOT_FOUND`, `CORPUS_DAMAGED`, `CORPUS_INPUT_UNREADABLE`; the signal's reason
 */
export async function verifyCorpus(path: string, options: VerifyOptions): Promise<string[]> {
  const manifest = await readManifest(path);
  const file = join(corpusDir(path), manifest.file.name);
  const checked = new CheckedChunks(decompressed(readPieces(file), file), options);
  const tally = new Tally();
  for await (const chunk of checked.chunks()) {
    options.signal?.throwIfAborted();
    tally.add(chunk);
    options.onProgress?.(tally.events);
  }
  return [...dropsOf(checked), ...differences(manifest, tally)];
}

function dropsOf(checked: CheckedChunks): string[] {
  const { dropped, problems } = checked.drops();
  const counts = Object.entries(dropped).filter(([, count]) => count > 0);
  return [
    ...counts.map(([reason, count]) => `${count} lines are refused: ${reason}`),
    ...problems.map(({ line, reason, detail }) => `line ${line}: ${reason}: ${detail}`),
  ];
}

function differences(manifest: CorpusManifest, tally: Tally): string[] {
  return Object.entries(tally.figures())
    .filter(([name, found]) => !isDeepStrictEqual(found, manifest[name as keyof CorpusManifest]))
    .map(([name]) => `${name} is not what the manifest says`);
}
