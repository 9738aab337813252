import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import {
  type JobCorpusOptions,
  makeJobCorpus,
  requireSmallCorpus,
} from '../../../../src/cli/agent/make-job-corpus.ts';
import { makeRunCorpus } from '../../../../src/cli/fit/make-run-corpus.ts';
import { openCorpus } from '../../../../src/corpus/files/open-corpus.ts';
import type { NamedCorpus } from '../../../../src/plan/parts.ts';
import { socialCorpus } from '../../../support/named-corpus.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const EVENTS = 60;
let dir = '';
/** As the machine that leads the run has it. */
let named: NamedCorpus;
beforeEach(async () => {
  dir = await tempDir();
  named = await socialCorpus(dir, EVENTS);
});

function make(corpus: NamedCorpus, changes: Partial<JobCorpusOptions> = {}) {
  return makeJobCorpus(
    { ...corpus, file: null },
    {
      cache: join(dir, 'cache'),
      signal: new AbortController().signal,
      onProgress: () => undefined,
      ...changes,
    },
  );
}

async function idsOf(place: NamedCorpus['file']): Promise<string[]> {
  const ids: string[] = [];
  for await (const { event } of (await openCorpus(place?.dir ?? '')).events()) ids.push(event.id);
  return ids;
}

test('an agent makes the corpus of its job, event by event that of the run, and finds it the next time', async () => {
  const made = await make(named);
  expect(await idsOf(made.file)).toEqual(await idsOf(named.file));
  expect(made.file.dir.startsWith(join(dir, 'cache'))).toBe(true);
  await made.release();
  let isMade = false;
  const again = await make(named, {
    onProgress: () => {
      isMade = true;
    },
  });
  expect({ file: again.file, isMade }).toEqual({ file: made.file, isMade: false });
});

test('a corpus that was signed again for one run is the same on both machines, and goes with the run', async () => {
  const { signal } = new AbortController();
  const times = { end_s: 1_790_000_000, span_s: 7_200 };
  const own = await makeRunCorpus(named, { times, salt: { text: 'abc', from: 30 }, signal });
  const made = await make(own.named);
  expect(await idsOf(made.file)).toEqual(await idsOf(own.named.file));
  expect(await idsOf(made.file)).not.toEqual(await idsOf(named.file));
  await made.release();
  await own.release();
  expect({ made: existsSync(made.file.dir), cache: existsSync(join(dir, 'cache')) }).toEqual({
    made: false,
    cache: false,
  });
});

test('where the cache can not be written, it is made all the same, and goes with the run', async () => {
  const made = await make(named, { cache: '/proc/nowhere/corpora' });
  expect(await idsOf(made.file)).toEqual(await idsOf(named.file));
  await made.release();
  expect(existsSync(made.file.dir)).toBe(false);
});

test('one that is dated by the clock is made with the date of the run', async () => {
  const generated = { ...spec(), baseTime_s: 1_790_000_001 };
  const made = await make({ ...named, generated, fresh: true, fingerprint: '' }).catch(
    (error: Error) => error,
  );
  // Its fingerprint is not known here, but told.
  expect(made).toMatchObject({ code: 'CORPUS_DIFFERS', exitCode: 3 });
  const [, fingerprint = ''] = /corpus is ([0-9a-f]{64}),/.exec((made as Error).message) ?? [];
  const known = await make({ ...named, generated, fresh: true, fingerprint });
  expect(existsSync(join(dir, 'cache'))).toBe(false);
  await known.release();
  expect(existsSync(dirname(known.file.dir))).toBe(false);
});

test('a corpus with another fingerprint is refused, and says which', async () => {
  const wanted = 'f'.repeat(64);
  await expect(make({ ...named, fingerprint: wanted })).rejects.toMatchObject({
    ...{ code: 'CORPUS_DIFFERS', exitCode: 3 },
    message: expect.stringContaining(`that of the run is ${wanted}`),
  });
});

test('one that was damaged in the cache is refused', async () => {
  const { file } = await make(named);
  await rm(join(file.dir, file.name));
  await expect(make(named)).rejects.toMatchObject({ code: 'CORPUS_DAMAGED' });
});

test('where the run is over nothing is made, and nothing is left', async () => {
  const signal = AbortSignal.abort(new Error('the run is over'));
  await expect(make(named, { signal })).rejects.toThrow('the run is over');
  expect(existsSync(join(dir, 'cache', `social-${EVENTS}-seed1-v1`))).toBe(false);
});

test('a corpus that is larger than the agent was told is refused before anything is made', () => {
  requireSmallCorpus(named, EVENTS);
  expect(() => requireSmallCorpus(named, EVENTS - 1)).toThrow(
    expect.objectContaining({
      ...{ code: 'CORPUS_TOO_LARGE', exitCode: 3 },
      hint: expect.stringContaining(`--max-corpus ${EVENTS}`),
    }),
  );
});

function spec() {
  if (named.generated === null) throw new Error('it was generated');
  return named.generated;
}
