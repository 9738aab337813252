import { expect, test } from 'vitest';
import { jobOfPlan, planOfJob, readJob, type ShardJob, splitWorkers } from '../../../src/distributed/job.ts';
import type { NamedCorpus } from '../../../src/plan/parts.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { corpusJob, corpusPlan, NAMED, sharedPlan } from '../../support/remote.ts';
import { samplePlan } from '../../support/sample-plan.ts';

const OVERRIDES = { workers: 4, rate_per_s: 120, durationMs: 3_000, seed: 9, compression: true };

function sampleJob(changes: Partial<ShardJob> = {}): ShardJob {
  const { plan, source } = sharedPlan(OVERRIDES);
  const fitted = {
    salt: 'salt',
    times: { end_s: 5, span_s: 6 },
    present: new Set<number>(),
    remarks: ['told'],
    work: 3,
  };
  return {
    ...jobOfPlan({ ...plan, fitted }, source),
    tool: '1.2.3',
    runId: '00000000-0000-4000-8000-000000000001',
    shard: 0,
    shards: 2,
    workers: { first: 0, count: 2 },
    host: 'here',
    expiresUs: 1,
    ...changes,
  };
}

test('the workers of the shards are those of the plan, each once', () => {
  for (const [workers, shards] of [
    [4, 4],
    [7, 3],
    [16, 5],
    [1, 1],
  ] as const) {
    const parts = splitWorkers(workers, shards);
    const numbers = parts.flatMap(({ first, count }) => Array.from({ length: count }, (_, at) => first + at));
    expect(numbers).toEqual(Array.from({ length: workers }, (_, at) => at));
    const counts = parts.map(({ count }) => count);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  }
});

test('an agent makes the same plan from a job that has travelled as JSON', () => {
  const { plan } = sharedPlan(OVERRIDES);
  const made = planOfJob(readJob(JSON.parse(JSON.stringify(sampleJob()))));
  expect(made.connections.compression).toBe(true);
  expect(made.fitted).toMatchObject({ salt: 'salt', times: { end_s: 5, span_s: 6 }, work: 3 });
  const { gates: _1, ownGates: _2, fitted: _3, ...load } = made;
  expect(plan).toMatchObject(load);
});

test.each([
  ['its target', { targets: ['ws://127.0.0.1:10/'] }],
  ['its seed', { settings: { ...sampleJob().settings, seed: 10 } }],
  ['its rate', { settings: { ...sampleJob().settings, rate_per_s: 1_000_000 } }],
  ['its salt', { fitted: { ...sampleJob().fitted, salt: 'other' } }],
  ['its scenario', { scenario: sampleJob().scenario.replace('authors: 12', 'authors: 6') }],
])('a job of which %s was changed on its way is not carried out', (_what, changes) => {
  expect(() => planOfJob(sampleJob(changes))).toThrow(
    expect.objectContaining({ code: 'PLAN_DIFFERS', exitCode: 3 }),
  );
});

test.each([
  ['an unknown key', { command: 'rm -rf /' }],
  ['a target of another kind', { targets: ['file:///etc/passwd'] }],
  ['no target', { targets: [] }],
  ['a setting that does not exist', { settings: { workers: 1, exec: 'id' } }],
  ['a corpus of this machine', { settings: { workers: 1, corpus: '/etc' } }],
  ['more workers than numbers', { workers: { first: -1, count: 2 } }],
])('a job with %s is none', (_what, changes) => {
  expect(() => readJob({ ...sampleJob(), ...changes })).toThrow(
    expect.objectContaining({ code: 'JOB_INVALID', exitCode: 3 }),
  );
});

test('a scenario that the schema refuses is refused', () => {
  expect(() => planOfJob(sampleJob({ scenario: 'name: x\nrun: rm' }))).toThrow(
    expect.objectContaining({ code: 'JOB_INVALID' }),
  );
});

test('an agent makes the same plan of a corpus that it can make itself, without the file of the coordinator', () => {
  for (const path of [undefined, '/named/on/the/command/line']) {
    const { plan, source } = corpusPlan(NAMED, { overrides: { workers: 2, corpus: path } });
    const job = { ...sampleJob(), ...jobOfPlan(plan, source) };
    const { corpus } = planOfJob(readJob(JSON.parse(JSON.stringify(job))));
    expect(corpus).toEqual({ ...plan.corpus, named: { ...NAMED, file: null } });
  }
});

test('the instants of a recorded pace go with the job', () => {
  const scenario = corpusPlan().source.scenario.replace('rate: 20/s', 'pace: recorded');
  const named = { ...NAMED, recordedNs: Float64Array.of(0, 0.25e9, 1.5e9) };
  const { plan, source } = corpusPlan(named, { scenario, overrides: { workers: 1 } });
  const made = planOfJob(readJob({ ...sampleJob(), ...jobOfPlan(plan, source) }));
  expect(made.streams).toEqual(plan.streams);
  const many = { ...named, recordedNs: new Float64Array(200_001) };
  expect(() => jobOfPlan(withNamed(plan, many), source)).toThrow(
    expect.objectContaining({ code: 'CORPUS_NOT_SHARED', exitCode: 2 }),
  );
});

test.each([
  ['its seed', { generated: { ...NAMED.generated, seed: 2 } }],
  ['its fingerprint', { signedFingerprint: 'c'.repeat(64) }],
  ['how many people write it', { authors: 31 }],
])('a corpus of which %s was changed on its way is not made', (_what, changes) => {
  const job = { ...sampleJob(), ...corpusJob() };
  const corpus = { ...job.corpus, ...changes } as ShardJob['corpus'];
  expect(() => planOfJob({ ...job, corpus })).toThrow(expect.objectContaining({ code: 'PLAN_DIFFERS' }));
});

test.each([
  ['a profile that does not exist', { generated: { ...NAMED.generated, profile: '../x' } }],
  ['a salt that is no word', { generated: { ...NAMED.generated, salt: { text: '../x', from: 0 } } }],
  ['a file', { file: { dir: '/etc', name: 'passwd' } }],
])('a corpus with %s is none', (_what, changes) => {
  const job = { ...sampleJob(), ...corpusJob() };
  expect(() => readJob({ ...job, corpus: { ...job.corpus, ...changes } })).toThrow(
    expect.objectContaining({ code: 'JOB_INVALID' }),
  );
});

test('a corpus whose events only the machine of the coordinator has can not be shared, and it says so before the run', () => {
  const { plan, source } = corpusPlan();
  expect(() => jobOfPlan(withNamed(plan, { ...NAMED, generated: null }), source)).toThrow(
    expect.objectContaining({
      ...{ code: 'CORPUS_NOT_SHARED', exitCode: 2 },
      message: expect.stringContaining('imported'),
    }),
  );
});

function withNamed(plan: Plan, named: NamedCorpus): Plan {
  return { ...plan, corpus: { ...plan.corpus, named } };
}

test('a trace that lies there neither', () => {
  const { source } = sharedPlan();
  const traced = { ...source, overrides: { ...source.overrides, trace: '/mine' } };
  expect(() => jobOfPlan(samplePlan(), traced)).toThrow(
    expect.objectContaining({ code: 'TRACE_NOT_SHARED', exitCode: 2 }),
  );
});

test('what checks signatures is what the machine of the coordinator has chosen, so that every worker has the same', () => {
  const { plan, source } = sharedPlan(OVERRIDES);
  const chosen: Plan = { ...plan, verifier: 'wasm' };
  const job = { ...sampleJob(), ...jobOfPlan(chosen, source) };
  expect(planOfJob(readJob(job)).verifier).toBe('wasm');
});

test('a trace that is not named is none', () => {
  const { plan, source } = sharedPlan();
  const overrides = { ...source.overrides, trace: undefined };
  expect(jobOfPlan(plan, { ...source, overrides }).settings).not.toHaveProperty('trace');
});
