import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { messageOf } from '../../base/errors.ts';
import { withoutMark } from '../../base/text.ts';
import { parseJson } from '../../nostr/json.ts';
import { damaged, notFound } from './errors.ts';
import { type CorpusManifest, manifestSchema } from './manifest.ts';

export const MANIFEST_FILE = 'manifest.json';

/** The directory of a corpus, from its path or the path of one of its files. */
export function corpusDir(path: string): string {
  return /\.(jsonl|gz|json)$/.test(basename(path)) ? dirname(path) : path;
}

/**
 * Reads the manifest of a corpus and checks that the file of events is there in full length.
 * @param path the corpus, or one of its files
 * @throws RelayBenchError `CORPUS_NOT_FOUND`, `CORPUS_DAMAGED`
 */
export async function readManifest(path: string): Promise<CorpusManifest> {
  const manifest = await findManifest(corpusDir(path));
  if (manifest === null) throw notFound(path);
  return manifest;
}

/**
 * The same of a directory that may hold no corpus, or not exist: then null.
 * @throws RelayBenchError `CORPUS_DAMAGED`
 */
export async function findManifest(dir: string): Promise<CorpusManifest | null> {
  const text = await readFile(join(dir, MANIFEST_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw damaged(dir, messageOf(error));
  });
  if (text === null) return null;
  const parsed = manifestSchema.safeParse(parseJson(withoutMark(text)));
  if (!parsed.success) throw damaged(dir, `its manifest is invalid: ${z.prettifyError(parsed.error)}`);
  await checkLength(dir, parsed.data);
  return parsed.data;
}

async function checkLength(dir: string, { file }: CorpusManifest): Promise<void> {
  const { size } = await stat(join(dir, file.name)).catch((error: unknown) => {
    throw damaged(dir, messageOf(error));
  });
  if (size !== file.bytes) throw damaged(dir, `${file.name} has ${size} bytes instead of ${file.bytes}`);
}
