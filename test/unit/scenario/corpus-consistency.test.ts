import { describe, expect, it } from 'vitest';
import { PROFILE_NAMES } from '../../../src/corpus/spec.ts';
import { CORPUS_PROFILES } from '../../../src/scenario/corpus-shape.ts';
import { scenarioSchema } from '../../../src/scenario/schema.ts';

/** What the schema says about a scenario with this corpus, `path message` each. */
function problems(corpus: object, publish: object | null = { rate: '10/s' }, others: object = {}): string[] {
  const result = scenarioSchema.safeParse({
    name: 'sample',
    description: 'a sample',
    connections: { count: 10 },
    corpus,
    workloads: { ...(publish && { publish }), ...(publish === null && QUERY) },
    phases: [{ name: 'steady', duration: '10s' }],
    ...others,
  });
  return result.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];
}

const QUERY = { query: { rate: '1/s', filters: [{ name: 'mine', filter: { authors: 3, '#t': 1 } }] } };
const SOCIAL = { profile: 'social', events: 100 };
const RECORDED = { pace: 'recorded' };

it('knows the profiles of the generator', () => {
  expect([...CORPUS_PROFILES]).toEqual([...PROFILE_NAMES]);
});

describe('a scenario that names a corpus', () => {
  it.each([
    [SOCIAL],
    [{ ...SOCIAL, stored: 50, seed: 4 }],
    [{ ...SOCIAL, endless: true, stored: 100 }],
    [{ file: './dump' }],
    [{ file: './dump', stored: 9 }],
  ])('is sound: %j', (corpus) => {
    expect(problems(corpus)).toEqual([]);
  });

  it('may replay it at its recorded pace, several times as fast', () => {
    expect(problems(SOCIAL, { ...RECORDED, paceFactor: 60 })).toEqual([]);
  });

  it('may store all of it and ask for what it holds', () => {
    expect(problems(SOCIAL, null)).toEqual([]);
    expect(problems({ file: './dump' }, null)).toEqual([]);
  });

  it.each([
    [{ ...SOCIAL, file: './dump' }, 'corpus.file'],
    [{ profile: 'social' }, 'corpus.events'],
    [{ file: './dump', events: 5 }, 'corpus.events'],
    [{ file: './dump', seed: 5 }, 'corpus.seed'],
    [{ file: './dump', fresh: true }, 'corpus.fresh'],
    [{ file: './dump', endless: true }, 'corpus.endless'],
    [{ events: 5, stored: 5 }, 'corpus.stored'],
    [{ events: 2_000_000 }, 'corpus.events'],
    [{ ...SOCIAL, stored: 101 }, 'corpus.stored'],
    [{ ...SOCIAL, stored: 100 }, 'corpus.stored'],
    [{ ...SOCIAL, endless: true, fresh: true }, 'corpus.endless'],
  ])('is refused where its parts contradict each other: %j', (corpus, path) => {
    expect(problems(corpus)).toEqual([expect.stringContaining(`${path} `)]);
  });

  it.each([
    [{ rate: '1/s', pace: 'recorded' }, SOCIAL, 'workloads.publish.rate'],
    [{ arrivals: 'poisson', pace: 'recorded' }, SOCIAL, 'workloads.publish.arrivals'],
    [{ copies: 2, pace: 'recorded' }, SOCIAL, 'workloads.publish.copies'],
    [{ rate: '1/s', paceFactor: 2 }, SOCIAL, 'workloads.publish.paceFactor'],
    [RECORDED, { ...SOCIAL, endless: true }, 'corpus.endless'],
    [RECORDED, {}, 'workloads.publish.pace'],
    [{ rate: '1/s', copies: 2 }, {}, 'workloads.publish.copies'],
  ])('is refused where publishing can not have that pace: %j of %j', (publish, corpus, path) => {
    expect(problems(corpus, publish)).toEqual([expect.stringContaining(`${path} `)]);
  });

  it('is refused where levels would scale the recorded pace, or replies set it', () => {
    const phases = [{ name: 'steady', duration: '10s', level: 2 }];
    expect(problems(SOCIAL, RECORDED, { phases })).toEqual([expect.stringContaining('phases.0 levels')]);
    expect(problems(SOCIAL, RECORDED, { load: { model: 'closed' } })).toContainEqual(
      expect.stringContaining('workloads.publish.pace recorded needs the open model'),
    );
  });

  it('must store something for filters to draw from', () => {
    const workloads = { publish: { rate: '1/s' }, ...QUERY };
    expect(problems(SOCIAL, null, { workloads })).toEqual([expect.stringContaining('corpus.stored ')]);
    expect(problems({ ...SOCIAL, stored: 10 }, null, { workloads })).toEqual([]);
  });

  it('can not go on without an end where answers are to be known', () => {
    const workloads = { publish: { rate: '1/s' }, ...QUERY };
    expect(problems({ ...SOCIAL, stored: 10, endless: true }, null, { workloads })).toEqual([
      expect.stringContaining('corpus.endless '),
    ]);
  });
});
