import { describe, expect, it } from 'vitest';
import { SHAPE_NAMES } from '../../../src/scenario/named-shapes.ts';
import { scenarioSchema } from '../../../src/scenario/schema.ts';

const parse = (filters: readonly object[], corpus: object = { profile: 'social', events: 100 }) =>
  scenarioSchema.safeParse({
    name: 'sample',
    description: 'a sample',
    connections: { count: 10 },
    corpus,
    workloads: { query: { rate: '1/s', filters } },
    phases: [{ name: 'steady', duration: '10s' }],
  });

const problems = (...args: Parameters<typeof parse>): string[] =>
  parse(...args).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

describe('named shapes of queries', () => {
  it('are twelve, each named and spelled without the scenario doing so', () => {
    expect(SHAPE_NAMES).toHaveLength(12);
    const result = parse(SHAPE_NAMES.map((shape) => ({ shape })));
    expect(result.data?.workloads.query?.filters.map(({ name }) => name)).toEqual(SHAPE_NAMES);
    expect(result.data?.workloads.query?.filters.find(({ name }) => name === 'follow-feed')).toEqual({
      name: 'follow-feed',
      weight: 1,
      filter: { kinds: [1, 6], authors: 150, limit: 500 },
    });
  });

  it('say what is drawn besides', () => {
    const drawn = parse(SHAPE_NAMES.map((shape) => ({ shape }))).data?.workloads.query?.filters.flatMap(
      ({ name, draw }) => (draw === undefined ? [] : [[name, draw]]),
    );
    expect(drawn).toEqual([
      ['author-archive', 'quiet-authors'],
      ['conversation', 'conversation'],
      ['reactions-watch', 'liked-notes'],
      ['recent-window', 'recent-moment'],
    ]);
  });

  it('can have another name, and stand beside filters that are spelled', () => {
    const result = parse([
      { shape: 'thread', name: 'answers', weight: 3 },
      { name: 'mine', filter: { kinds: [1] } },
    ]);
    expect(result.data?.workloads.query?.filters.map(({ name, weight }) => [name, weight])).toEqual([
      ['answers', 3],
      ['mine', 1],
    ]);
  });

  it('take the place of a filter, which needs a name', () => {
    const at = 'workloads.query.filters.0';
    expect(problems([{ name: 'none' }])).toEqual([`${at} needs either a \`filter\` or the \`shape\` of one`]);
    expect(problems([{ shape: 'thread', filter: { kinds: [1] } }])).toEqual([
      `${at} needs either a \`filter\` or the \`shape\` of one`,
    ]);
    expect(problems([{ filter: { kinds: [1] } }])).toEqual([`${at}.name is required`]);
    expect(problems([{ shape: 'nothing' }])[0]).toMatch(
      /^workloads\.query\.filters\.0\.shape must be one of firehose, /,
    );
  });

  it('are drawn from a named corpus', () => {
    expect(problems([{ shape: 'conversation' }], { events: 2_000 })).toContain(
      'workloads.query.filters.0.shape is drawn from a named corpus (`corpus.profile` or `corpus.file`)',
    );
  });

  it('are named twice by other names only', () => {
    expect(problems([{ shape: 'thread' }, { shape: 'thread' }])).toEqual([
      'workloads.query.filters.1.name "thread" is used twice',
    ]);
  });
});
