import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { type GenerateOptions, generateCorpus } from '../../../../src/corpus/generate/generate-corpus.ts';
import { type CorpusSpec, DEFAULT_BASE_TIME_S } from '../../../../src/corpus/spec.ts';
import { tempDir } from '../../../support/temp-dir.ts';

vi.setConfig({ testTimeout: 60_000 });

const SPEC: CorpusSpec = { profile: 'social', seed: 1, events: 200, baseTime_s: DEFAULT_BASE_TIME_S };
const options = (dir: string, more: Partial<GenerateOptions> = {}): GenerateOptions => ({
  ...{ dir, gzip: false, threads: 1, fresh: false },
  ...more,
});

describe('generating a corpus', () => {
  test('twice at the same time leaves one, which both get', async () => {
    const parent = await tempDir();
    const dir = join(parent, 'corpus');
    const both = await Promise.all([1, 2].map(() => generateCorpus(SPEC, options(dir))));
    expect(both[0]?.manifest).toEqual(both[1]?.manifest);
    expect(both.map(({ wasThere }) => wasThere).sort()).toEqual([false, true]);
    expect(await readdir(parent)).toEqual(['corpus']);
  });

  test('twice at the same time of different seeds leaves one and refuses the other', async () => {
    const dir = join(await tempDir(), 'corpus');
    const both = [1, 2].map((seed) => generateCorpus({ ...SPEC, seed }, options(dir)));
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'CORPUS_OUT_TAKEN' },
    });
  });

  test('spreads the events over the 30 days, however many they are', async () => {
    const parent = await tempDir();
    const { manifest } = await generateCorpus(SPEC, options(join(parent, 'few')));
    const more = await generateCorpus({ ...SPEC, events: 400 }, options(join(parent, 'more')));
    for (const { createdAt } of [manifest, more.manifest]) {
      expect(createdAt.newest_s).toBeGreaterThan(DEFAULT_BASE_TIME_S - 86_400);
      expect(createdAt.oldest_s).toBeLessThan(DEFAULT_BASE_TIME_S - 28 * 86_400);
    }
  });

  test('tells after each chunk how far it is', async () => {
    const seen: number[] = [];
    const dir = join(await tempDir(), 'corpus');
    await generateCorpus(
      { ...SPEC, events: 5_000 },
      options(dir, { onProgress: (events) => seen.push(events) }),
    );
    expect(seen).toEqual([2_048, 4_096, 5_000]);
    expect((await readFile(join(dir, 'events.jsonl'), 'utf8')).split('\n')).toHaveLength(5_001);
  });
});
