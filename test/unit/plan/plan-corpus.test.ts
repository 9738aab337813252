import { describe, expect, it } from 'vitest';
import { createPacer } from '../../../src/plan/pacer.ts';
import type { NamedCorpus } from '../../../src/plan/parts.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { measuredArrivals } from '../../../src/plan/planned-arrivals.ts';
import { samplePlan } from '../../support/sample-plan.ts';

const NAMED: NamedCorpus = {
  profile: 'social',
  events: 500,
  authors: 20,
  followedShare: 0.4,
  fingerprint: 'f'.repeat(64),
  fresh: false,
  file: { dir: '/corpus', name: 'events.jsonl' },
  maxEventBytes: 1_000,
  generated: null,
  createdAt: null,
  recordedNs: new Float64Array(),
};

/** Publishing a corpus at 100/s for 2 s of warm-up and 10 s, which takes 1,200 events. */
function planOf(changes: object = {}, corpus: Partial<NamedCorpus> = {}, scenario: object = {}): Plan {
  return samplePlan(
    { corpus: { file: 'dump', ...changes }, ...scenario },
    { corpus: { ...NAMED, ...corpus } },
  );
}

/** All arrivals of publishing, over so many workers. */
function arrivals(plan: Plan, workers: number): number[] {
  const stream = plan.streams.find(({ name }) => name === 'publish') as Plan['streams'][number];
  return Array.from({ length: workers }, (_, index) => {
    const pacer = createPacer(stream, plan.phases, plan.seed, { index, count: workers });
    const numbers: number[] = [];
    for (; pacer.peekNs() < Number.POSITIVE_INFINITY; pacer.advance()) numbers.push(pacer.peekNumber());
    return numbers;
  })
    .flat()
    .sort((a, b) => a - b);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('a corpus that is shorter than the run', () => {
  it.each(['constant', 'poisson', { pattern: 'burst', size: 7 }])(
    'is published to its last event and ends the last phase there (%j)',
    (spacing) => {
      const plan = planOf(
        { stored: 40 },
        {},
        { workloads: { publish: { rate: '100/s', arrivals: spacing } } },
      );
      for (const workers of [1, 2, 3]) expect(arrivals(plan, workers)).toEqual(upTo(460));
      expect(plan.streams[0]).toMatchObject({ total: 460 });
      expect(plan.exhaustedNs).toBe(plan.phases.at(-1)?.endNs);
      expect((plan.exhaustedNs ?? 0) / 1e9).toBeGreaterThan(3.5);
      expect((plan.exhaustedNs ?? 0) / 1e9).toBeLessThan(5.7);
    },
  );

  it('ends a ramp at the level that it has reached', () => {
    const phases = [{ name: 'ramp', duration: '10s', level: 1, rampTo: 3 }];
    const plan = planOf({}, { events: 700 }, { phases, warmup: '0s' });
    const [ramp] = plan.phases;
    const reached = 1 + (2 * (ramp?.endNs ?? 0)) / 10e9;
    expect(ramp?.levelEnd).toBeCloseTo(reached, 9);
    expect(arrivals(plan, 2)).toEqual(upTo(700));
  });

  it('does not lose a phase silently', () => {
    const phases = [
      { name: 'first', duration: '5s' },
      { name: 'second', duration: '5s' },
    ];
    expect(() => planOf({}, {}, { phases })).toThrow('before phase "second" begins');
  });

  it('ends queries as well, which would be another load alone', () => {
    const workloads = {
      publish: { rate: '100/s' },
      query: { rate: '10/s', filters: [{ name: 'feed', filter: { kinds: [1], limit: 5 } }] },
    };
    const plan = planOf({}, {}, { workloads });
    expect(plan.streams.map(({ total }) => total)).toEqual([500, 50]);
  });
});

describe('a corpus that lasts', () => {
  it('is published as far as the schedule goes', () => {
    const plan = planOf({}, { events: 5_000 });
    expect(plan.exhaustedNs).toBeNull();
    expect(arrivals(plan, 2)).toEqual(upTo(1_200));
  });

  it('lasts by copies and without an end', () => {
    const copied = planOf({}, {}, { workloads: { publish: { rate: '100/s', copies: 3 } } });
    expect(copied.exhaustedNs).toBeNull();
    expect(copied.workloads.publish?.replay).toEqual({ first: 0, end: 500, copies: 3 });
    const endless = planOf({ file: undefined, profile: 'social', events: 500, endless: true });
    expect(endless.exhaustedNs).toBeNull();
    expect(endless.workloads.publish?.replay?.end).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the recorded pace', () => {
  const workloads = { publish: { pace: 'recorded' } };

  it('offers the arrivals of the record, each in the phase in which it lies', () => {
    const recordedNs = Float64Array.from([0, 0, 1e9, 2.5e9, 7e9, 11.9e9]);
    const plan = planOf({}, { recordedNs }, { workloads });
    expect(plan.streams[0]).toMatchObject({ perPhase: [3, 3], total: 6 });
    for (const workers of [1, 2]) expect(arrivals(plan, workers)).toEqual(upTo(6));
    expect(measuredArrivals(plan, 'publish')).toBe(3);
  });

  it('ends with the record', () => {
    const plan = planOf({}, { recordedNs: Float64Array.from([0, 2e9, 4e9]) }, { workloads });
    expect(plan.exhaustedNs).toBe(6e9 + 1);
    expect(plan.streams[0]?.total).toBe(3);
  });
});

describe('what a corpus must have', () => {
  it('is more events than are stored', () => {
    expect(() => planOf({ stored: 500 })).toThrow('nothing is left to publish');
  });

  it('is authors for every topic', () => {
    const workloads = { publish: { rate: '100/s' }, subscribe: { topics: 21 } };
    expect(() => planOf({}, {}, { workloads })).toThrow('the corpus has 20 authors');
  });

  it('is no more events than answers can be known for', () => {
    const workloads = { query: { rate: '10/s', filters: [{ name: 'feed', filter: { kinds: [1] } }] } };
    expect(() => planOf({}, { events: 3_000_000 }, { workloads })).toThrow('right answers are known');
  });
});

it('stores the whole corpus where nothing is published', () => {
  const workloads = { query: { rate: '10/s', filters: [{ name: 'feed', filter: { authors: 2 } }] } };
  const plan = planOf({}, {}, { workloads });
  expect(plan.corpus.events).toBe(500);
  expect(plan.workloads.query?.checkShare).toBe(0.1);
  expect(plan.gates).toContain('answers_wrong == 0');
});

it('needs one worker where subscribers follow the authors of a corpus', () => {
  const workloads = { publish: { rate: '100/s' }, subscribe: { topics: 2 } };
  const build = (workers: number) =>
    samplePlan({ corpus: { file: 'dump' }, workloads }, { cores: 8, corpus: NAMED, overrides: { workers } });
  expect(build(1).workers).toBe(1);
  expect(() => build(2)).toThrow('one worker');
});

it('puts a corpus of the command line in the place of what the scenario stores', () => {
  const plan = samplePlan({ corpus: { events: 100 } }, { corpus: NAMED, overrides: { corpus: './dump' } });
  expect(plan.scenario.resolved.corpus).toMatchObject({ file: './dump', stored: 100, events: 0 });
  expect(plan.workloads.publish?.replay).toEqual({ first: 100, end: 500, copies: 1 });
});
