import { describe, expect, test } from 'vitest';
import { compareSuites } from '../../../src/suite/compare.ts';
import { suiteComparisonSchema } from '../../../src/suite/comparison-schema.ts';
import type { Suite } from '../../../src/suite/schema.ts';
import { measured, readingOf, SAMPLE_RELAYS, sampleSuite } from '../../support/sample-suite.ts';

const OPTIONS = { tolerance: 0.2, crossHost: false };
const compare = (base: Suite, candidate: Suite, options = OPTIONS) =>
  compareSuites({ name: 'base.json', suite: base }, { name: 'candidate.json', suite: candidate }, options);
const refused = (base: Suite, candidate: Suite): unknown => {
  try {
    return compare(base, candidate);
  } catch (error) {
    return error;
  }
};

describe('two suites of the same relay', () => {
  test('show no confirmed difference', () => {
    const found = compare(sampleSuite(), sampleSuite({ slowdown: 1.23 }));
    expect(suiteComparisonSchema.parse(found)).toEqual(found);
    expect(found.verdict).toBe('same');
    expect(found.relays).toMatchObject([{ verdict: 'same', parts: 9 }]);
  });

  test('of which one is a fifth slower in every part are told apart', () => {
    const { verdict, relays } = compare(sampleSuite(), sampleSuite({ slowdown: 1.2 * 1.2 }));
    expect(verdict).toBe('worse');
    expect(relays[0]?.slower).toBeCloseTo(0.2);
    expect(relays[0]?.p).toBeLessThan(0.05);
  });

  test('of which one is faster too', () => {
    expect(compare(sampleSuite(), sampleSuite({ slowdown: 0.9 })).verdict).toBe('better');
  });

  test('on a machine that has become slower meanwhile are the same: the reference became so, too', () => {
    const { verdict, relays } = compare(sampleSuite(), sampleSuite({ machine: 1.5 }));
    expect(verdict).toBe('same');
    expect(relays[0]).toMatchObject({ referred: true, verdict: 'same' });
    expect(relays[0]?.slower).toBeCloseTo(0);
  });

  test('are judged by the p50 of each part: p95 of a run of seconds differ by themselves', () => {
    const restless = (key: string) =>
      measured({ p50: readingOf(2_400), p95: readingOf(9_000) }, { file: `${key}/run.json` });
    const parts = ['ack', 'fanout', 'queries', 'queries-cold', 'count', 'connect'];
    const outcomes = Object.fromEntries(parts.map((part) => [`mine/${part}`, restless(part)]));
    const { verdict, relays } = compare(sampleSuite(), sampleSuite({ outcomes }));
    expect(verdict).toBe('same');
    expect(relays[0]?.slower).toBeCloseTo(0);
  });

  test('that differ in one figure have a hint and no verdict', () => {
    const slow = measured({ p50: readingOf(30_000), p95: readingOf(60_000) });
    const { verdict, relays } = compare(sampleSuite(), sampleSuite({ outcomes: { 'mine/count': slow } }));
    expect(verdict).toBe('same');
    const hints = relays[0]?.figures
      .filter((one) => one.verdict === 'worse')
      .map(({ part, key }) => `${part} ${key}`);
    expect(hints).toEqual(['count p50', 'count p95']);
  });

  test('take nothing from runs that were invalid', () => {
    const slow = measured({ p50: readingOf(30_000) }, { status: 'invalid', reason: 'late' });
    const { relays } = compare(sampleSuite(), sampleSuite({ outcomes: { 'mine/count': slow } }));
    expect(relays[0]?.parts).toBe(8);
    expect(relays[0]?.figures.find(({ part }) => part === 'count')).toMatchObject({
      candidate: null,
      verdict: 'inconclusive',
    });
  });

  test('do without a reference that is not there for a part', () => {
    const slow = measured({ p50: readingOf(9) }, { status: 'invalid', reason: 'late' });
    const { relays } = compare(sampleSuite(), sampleSuite({ outcomes: { 'reference/count': slow } }));
    const count = relays[0]?.figures.find(({ part, key }) => part === 'count' && key === 'p50');
    expect(count?.ratio?.value).toBeCloseTo(1);
  });
});

describe('suites that have little in common', () => {
  test('are compared by their only relay, whatever it is called', () => {
    const renamed = sampleSuite({
      slowdown: 1.2,
      changes: {
        relays: SAMPLE_RELAYS.map((relay) => (relay.name === 'mine' ? { ...relay, name: 'new' } : relay)),
        outcomeOf: () => measured({ p50: readingOf(2_400), p95: readingOf(2_400) }),
      },
    });
    const { relays } = compare(sampleSuite(), renamed);
    expect(relays).toMatchObject([{ base: { relay: 'mine' }, candidate: { relay: 'new' } }]);
  });

  test('are compared relay by relay where they have several, by their names', () => {
    const [mine, reference] = SAMPLE_RELAYS;
    if (mine === undefined || reference === undefined) throw new Error('two relays');
    const withRelays = (...names: string[]): Suite =>
      sampleSuite({ changes: { relays: [...names.map((name) => ({ ...mine, name })), reference] } });
    const { relays } = compare(withRelays('a', 'b', 'c'), withRelays('b', 'c', 'd'));
    expect(relays.map((relay) => [relay.base.relay, relay.candidate.relay])).toEqual([
      ['b', 'b'],
      ['c', 'c'],
    ]);
    expect(refused(withRelays('a', 'b'), withRelays('c', 'd'))).toMatchObject({
      message: expect.stringContaining('no relay in common'),
    });
  });

  test('are compared by the reference where it is all that was measured', () => {
    const relays = SAMPLE_RELAYS.filter(({ name }) => name === 'reference');
    const alone = sampleSuite({ changes: { relays } });
    expect(compare(alone, alone).relays).toMatchObject([{ referred: false, base: { relay: 'reference' } }]);
  });

  test('name the parts that were left out', () => {
    const { warnings } = compare(sampleSuite({ only: ['ack', 'count'] }), sampleSuite({ only: ['ack'] }));
    expect(warnings).toEqual([expect.stringMatching(/not compared.*: count$/)]);
  });

  test('say what is new of the machine', () => {
    const tool = { name: 'relay-bench', version: '9.9.9', node: 'v20.0.0' };
    expect(compare(sampleSuite(), sampleSuite({ changes: { tool } })).warnings).toEqual([
      'another version of relay-bench: 0.0.0, 9.9.9',
    ]);
  });

  test.each([
    ['mode', sampleSuite({ changes: { mode: 'full' } }), /one is quick, the other full/],
    [
      'machine',
      sampleSuite({ changes: { machine: { ...sampleSuite().machine, cpus: 64 } } }),
      /another machine: 2 × Test CPU, 64 × Test CPU/,
    ],
    ['parts', sampleSuite({ changes: { planned: [] } }), /no part in common/],
  ])('of another %s are refused', (_, other, message) => {
    expect(refused(sampleSuite(), other)).toMatchObject({
      code: 'NOT_COMPARABLE',
      message: expect.stringMatching(message),
    });
  });

  test('of another machine are compared where that is asked for', () => {
    const other = sampleSuite({ changes: { machine: { ...sampleSuite().machine, cpuModel: 'Other CPU' } } });
    expect(compare(sampleSuite(), other, { ...OPTIONS, crossHost: true }).warnings).toEqual([
      'another processor: Test CPU, Other CPU',
    ]);
  });
});
