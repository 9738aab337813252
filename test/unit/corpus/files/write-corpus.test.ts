import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Chunk, ChunkBuilder } from '../../../../src/corpus/chunk.ts';
import type { CorpusOrigin } from '../../../../src/corpus/files/manifest.ts';
import { findManifest, readManifest } from '../../../../src/corpus/files/read-manifest.ts';
import { type WriteCorpusOptions, writeCorpus } from '../../../../src/corpus/files/write-corpus.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const origin: CorpusOrigin = {
  type: 'generated',
  generatorVersion: 1,
  profile: 'social',
  seed: 1,
  baseTime_s: 1_000,
  fresh: false,
};

function chunkOf(n: number): Chunk {
  const builder = new ChunkBuilder(1, 10);
  const hex = n.toString(16).padStart(64, '0');
  builder.add({
    id: hex,
    pubkey: hex,
    kind: 1,
    createdAt_s: n,
    tagCount: 0,
    contentBytes: 0,
    json: `"${n}"`,
  });
  return builder.build();
}

async function* twoChunks(): AsyncGenerator<Chunk> {
  yield chunkOf(1);
  yield chunkOf(2);
}

async function* failing(): AsyncGenerator<Chunk> {
  yield chunkOf(1);
  throw new Error('the source has failed');
}

const write = (dir: string, options: Partial<WriteCorpusOptions> = {}) =>
  writeCorpus({ dir, gzip: false, chunks: twoChunks(), origin: () => origin, ...options });

describe('writing a corpus', () => {
  test('makes a file of events and a manifest', async () => {
    const dir = join(await tempDir(), 'new', 'corpus');
    const manifest = await write(dir);
    expect(await readFile(join(dir, 'events.jsonl'), 'utf8')).toBe('"1"\n"2"\n');
    expect(manifest).toMatchObject({ events: 2, file: { name: 'events.jsonl', bytes: 8, textBytes: 8 } });
    expect(await readManifest(dir)).toEqual(manifest);
    expect(await readdir(dir)).toEqual(['events.jsonl', 'manifest.json']);
  });

  test('compresses where asked to', async () => {
    const dir = join(await tempDir(), 'corpus');
    const { file } = await write(dir, { gzip: true });
    const bytes = await readFile(join(dir, 'events.jsonl.gz'));
    expect(gunzipSync(bytes).toString()).toBe('"1"\n"2"\n');
    expect(file).toEqual({ name: 'events.jsonl.gz', bytes: bytes.length, textBytes: 8 });
  });

  test('takes an empty directory that is there', async () => {
    const dir = await tempDir();
    await write(dir);
    expect(await readManifest(dir)).toMatchObject({ events: 2 });
  });

  test('tells how far it is', async () => {
    const seen: number[] = [];
    await write(join(await tempDir(), 'corpus'), { onProgress: (events) => seen.push(events) });
    expect(seen).toEqual([1, 2]);
  });

  test('leaves nothing where its source fails', async () => {
    const parent = await tempDir();
    await expect(write(join(parent, 'corpus'), { chunks: failing() })).rejects.toThrow(
      'the source has failed',
    );
    expect(await readdir(parent)).toEqual([]);
  });

  test('leaves nothing where it is aborted', async () => {
    const parent = await tempDir();
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error('enough'));
    const { signal } = controller;
    await expect(write(join(parent, 'corpus'), { onProgress, signal })).rejects.toThrow('enough');
    expect(await readdir(parent)).toEqual([]);
  });

  test.each([
    ['another corpus', 'manifest.json'],
    ['other files', 'notes.txt'],
  ])('does not overwrite %s', async (holds, name) => {
    const dir = await tempDir();
    await writeFile(join(dir, name), 'mine');
    await expect(write(dir)).rejects.toMatchObject({
      code: 'CORPUS_OUT_TAKEN',
      message: `${dir} already holds ${holds}`,
    });
    expect(await readFile(join(dir, name), 'utf8')).toBe('mine');
  });

  test('says so where the file system refuses', async () => {
    const file = join(await tempDir(), 'file');
    await writeFile(file, '');
    await expect(write(join(file, 'corpus'))).rejects.toMatchObject({
      code: 'CORPUS_NOT_WRITTEN',
      exitCode: 2,
    });
  });

  test('removes what a killed process left an hour ago, and nothing else', async () => {
    const parent = await tempDir();
    const [old, recent, other] = ['.corpus.1.partial', '.corpus.2.partial', '.other.1.partial'];
    for (const name of [old, recent, other]) await mkdir(join(parent, name as string));
    const before = new Date(Date.now() - 4_000_000);
    for (const name of [old, other]) await utimes(join(parent, name as string), before, before);
    await write(join(parent, 'corpus'));
    expect((await readdir(parent)).sort()).toEqual([recent, other, 'corpus']);
  });
});

describe('reading a manifest', () => {
  test('finds the corpus by any of its files', async () => {
    const dir = join(await tempDir(), 'corpus');
    const manifest = await write(dir);
    expect(await readManifest(join(dir, 'events.jsonl'))).toEqual(manifest);
    expect(await readManifest(join(dir, 'manifest.json'))).toEqual(manifest);
  });

  test('says that there is none', async () => {
    const dir = await tempDir();
    expect(await findManifest(join(dir, 'missing'))).toBeNull();
    await expect(readManifest(dir)).rejects.toMatchObject({ code: 'CORPUS_NOT_FOUND' });
  });

  test.each([
    ['is cut', 'events.jsonl', '"1"\n', /has 4 bytes instead of 8/],
    ['has an invalid manifest', 'manifest.json', '{"format":"other"}', /manifest is invalid/],
    ['has a manifest that is no JSON', 'manifest.json', '{', /manifest is invalid/],
  ])('refuses a corpus that %s', async (_, name, content, message) => {
    const dir = join(await tempDir(), 'corpus');
    await write(dir);
    await writeFile(join(dir, name), content);
    await expect(readManifest(dir)).rejects.toMatchObject({
      code: 'CORPUS_DAMAGED',
      message: expect.stringMatching(message),
    });
  });
});
