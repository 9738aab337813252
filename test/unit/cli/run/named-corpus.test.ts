import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { createIo } from '../../../../src/cli/io.ts';
import { corporaInCache, corporaOf } from '../../../../src/cli/run/corpora.ts';
import { findNamedCorpus } from '../../../../src/cli/run/named-corpus.ts';
import { generateCorpus } from '../../../../src/corpus/generate/generate-corpus.ts';
import { DEFAULT_BASE_TIME_S } from '../../../../src/corpus/spec.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { sampleScenario } from '../../../support/sample-plan.ts';
import { tempDir } from '../../../support/temp-dir.ts';

let dir = '';
beforeEach(async () => {
  dir = await tempDir();
});

const SPEC = { profile: 'social', seed: 1, events: 100, baseTime_s: DEFAULT_BASE_TIME_S } as const;
const generateInto = (place: string) =>
  generateCorpus(SPEC, { dir: place, gzip: false, fresh: false, threads: 1 });

const scenarioOf = (corpus: object, publish: object = { rate: '10/s' }) =>
  sampleScenario({ corpus, workloads: { publish } });
const SOCIAL = { profile: 'social', events: 100 };
const NOT_MADE = { scenarioFile: null, corpora: corporaInCache({}, '/nowhere') };

describe('the corpus that a scenario names', () => {
  test('is none where it names none', async () => {
    expect(await findNamedCorpus({ scenario: sampleScenario(), ...NOT_MADE })).toBeNull();
  });

  test('is found beside the scenario file, with what its manifest says', async () => {
    const { manifest } = await generateInto(join(dir, 'real'));
    const named = await findNamedCorpus({
      scenario: scenarioOf({ file: './real' }),
      scenarioFile: join(dir, 'mine.yaml'),
      corpora: NOT_MADE.corpora,
    });
    expect(named).toMatchObject({
      profile: 'social',
      events: 100,
      authors: manifest.authors,
      fingerprint: manifest.fingerprint,
      fresh: false,
      file: { dir: join(dir, 'real'), name: 'events.jsonl' },
      maxEventBytes: manifest.eventBytes.max,
    });
  });

  test('is told missing where its file is', async () => {
    const request = { scenario: scenarioOf({ file: '/nowhere/at-all' }), ...NOT_MADE };
    await expect(findNamedCorpus(request)).rejects.toMatchObject({ code: 'CORPUS_NOT_FOUND' });
  });

  test('is described without its fingerprint where it is not generated yet', async () => {
    const named = await findNamedCorpus({ scenario: scenarioOf(SOCIAL), ...NOT_MADE });
    expect(named).toMatchObject({ profile: 'social', events: 100, fingerprint: null, file: null });
  });

  test('comes from the cache where it is there', async () => {
    const { manifest } = await generateInto(join(dir, 'social-100-seed1-v1'));
    const corpora = corporaInCache({}, dir);
    const named = await findNamedCorpus({ scenario: scenarioOf(SOCIAL), scenarioFile: null, corpora });
    expect(named?.fingerprint).toBe(manifest.fingerprint);
    expect(named?.generated).toEqual(SPEC);
  });

  test('has the times of its recorded pace as far as the run lasts', async () => {
    await generateInto(join(dir, 'real'));
    const scenario = scenarioOf({ file: 'real' }, { pace: 'recorded', paceFactor: 86_400 });
    const scenarioFile = join(dir, 'mine.yaml');
    const named = await findNamedCorpus({ scenario, scenarioFile, corpora: NOT_MADE.corpora });
    // 12 s of 30 days, each a second long.
    expect(named?.recordedNs.length).toBeGreaterThan(30);
    expect(named?.recordedNs.length).toBeLessThan(50);
    expect(Math.max(...(named?.recordedNs ?? []))).toBeLessThan(12e9);
  });
});

describe('the corpora of a run', () => {
  test('are taken from the cache without a word where they are there', async () => {
    const process = new FakeProcess();
    const host = { io: createIo(process), colourFlag: () => undefined, finish: () => undefined };
    const { manifest } = await generateInto(join(dir, 'social-100-seed1-v1'));
    const found = await corporaOf(host, dir).provide(scenarioOf(SOCIAL).corpus);
    expect(found.manifest).toEqual(manifest);
    expect(process.stderr.text).toBe('');
  });

  test('dates a fresh one by the clock, apart from the cache', async () => {
    const found = await corporaInCache({}, dir).provide(scenarioOf({ ...SOCIAL, fresh: true }).corpus);
    expect(Math.abs(found.spec.baseTime_s - Date.now() / 1_000)).toBeLessThan(60);
    expect(found.manifest).toBeNull();
  });
});
