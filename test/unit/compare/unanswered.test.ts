import { describe, expect, it } from 'vitest';
import type { NamedRun } from '../../../src/compare/comparable.ts';
import { compareRuns, DEFAULT_OPTIONS } from '../../../src/compare/compare.ts';
import { comparisonSchema, type Quantity } from '../../../src/compare/schema.ts';
import { buildComparisonDocument } from '../../../src/report/comparison/document.ts';
import { comparisonPage } from '../../../src/report/comparison/page.ts';
import { named, runOf, runsOf, withUnanswered } from '../../support/sample-runs.ts';

const KEY = 'ack_latency p95';
const options = { ...DEFAULT_OPTIONS, gated: [KEY] };

const p95Of = (quantities: readonly Quantity[]): Quantity => {
  const found = quantities.find(({ key }) => key === KEY);
  if (found === undefined) throw new Error('no p95');
  return found;
};

/** Of the 400 operations and those never answered, more than 5 % got no answer. */
const silent = ({ name, record }: NamedRun): NamedRun => named(name, withUnanswered(record, 30));

describe('runs that leave more than 5 % unanswered', () => {
  it('are not called better by those of them that did answer', () => {
    const candidate = runsOf(8, 0.8, 0.02, 2).map((run, at) => (at % 2 === 0 ? silent(run) : run));
    const found = compareRuns(runsOf(8, 1, 0.02, 1), candidate, options);
    expect(found.verdict).toBe('inconclusive');
    expect(p95Of(found.quantities).pBetter).toBeGreaterThan(0.05);
  });

  it('are worse than any that answer, however fast their answers are', () => {
    const found = compareRuns(runsOf(5, 1, 0.02, 1), runsOf(5, 0.5, 0.02, 2).map(silent), options);
    expect(found).toMatchObject({ verdict: 'worse', reason: `worse: ${KEY}` });
    const p95 = p95Of(found.quantities);
    expect(p95).toMatchObject({
      change: null,
      candidateMedian: null,
      candidate: [null, null, null, null, null],
    });
    expect(p95.atLeast?.candidateMedian).toBeGreaterThan(0);
    expect(comparisonSchema.parse(found)).toEqual(found);
  });

  it('are nothing to compare with where neither side answers', () => {
    const found = compareRuns(runsOf(5, 1, 0.02, 1).map(silent), runsOf(5, 2, 0.02, 2).map(silent), options);
    expect(found.verdict).toBe('inconclusive');
    expect(p95Of(found.quantities).reason).toContain('no run of either side can say');
  });

  it('are not the same as runs that answer all', () => {
    const base = runsOf(8, 1, 0.002, 1);
    const candidate = runsOf(8, 1, 0.002, 2).map((run, at) => (at < 3 ? silent(run) : run));
    expect(p95Of(compareRuns(base, candidate, options).quantities).verdict).not.toBe('same');
  });

  it('stand in the table as at least what was seen, and in the plot of the runs', () => {
    const found = compareRuns(runsOf(5, 1, 0.02, 1), runsOf(5, 0.5, 0.02, 2).map(silent), options);
    expect(JSON.stringify(buildComparisonDocument(found))).toMatch(/≥ [\d.]+ m?s/);
    expect(comparisonPage(found)).toContain('candidate: at least this');
  });
});

describe('a single run that leaves more than 5 % unanswered', () => {
  const answering = runOf(1);
  const refusing = withUnanswered(runOf(0.5), 30);
  const single = (base: typeof answering, candidate: typeof answering) =>
    compareRuns([named('base.json', base)], [named('candidate.json', candidate)], options);

  it('is worse than one that answers, and the other way round better', () => {
    expect(single(answering, refusing).verdict).toBe('worse');
    expect(single(refusing, answering).verdict).toBe('better');
  });

  it('decides nothing against another one', () => {
    const found = single(refusing, refusing);
    expect(p95Of(found.quantities)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'neither run can say: too many operations were never answered',
    });
  });
});

describe('a single run that leaves a few unanswered', () => {
  it('has an interval of its p95 that counts them', () => {
    const found = compareRuns(
      [named('base.json', runOf(1))],
      [named('candidate.json', withUnanswered(runOf(1), 12))],
      options,
    );
    const { change, changeLow, changeHigh } = p95Of(found.quantities);
    expect(change).toBeGreaterThan(0);
    expect(changeLow).toBeLessThanOrEqual(change ?? 0);
    expect(changeHigh === null || changeHigh >= (change ?? 0)).toBe(true);
  });

  it('has an open interval where its upper end lies among them', () => {
    const found = compareRuns(
      [named('base.json', runOf(1))],
      [named('candidate.json', withUnanswered(runOf(1), 20))],
      options,
    );
    expect(p95Of(found.quantities)).toMatchObject({ changeHigh: null });
    expect(p95Of(found.quantities).changeLow).not.toBeNull();
  });

  it('stands above all samples in the distribution as well', () => {
    const found = compareRuns(
      [named('base.json', runOf(1))],
      [named('candidate.json', withUnanswered(runOf(1), 20))],
    );
    const ack = found.distributions.find(({ series }) => series === 'ack_latency');
    const p95 = (side: 'base' | 'candidate') =>
      ack?.[side].quantiles.find(({ percentile }) => percentile === 95);
    expect(ack?.candidate.censored).toBe(20);
    expect(p95('candidate')?.value_us).toBeGreaterThan(p95('base')?.value_us ?? Number.POSITIVE_INFINITY);
    expect(p95('candidate')?.high_us).toBeNull();
  });
});

describe('a percentile that only some runs of a side have', () => {
  const without = ({ name, record }: NamedRun): NamedRun => {
    const ack = record.metrics['ack_latency'];
    if (ack === undefined) throw new Error('no ack_latency');
    return named(name, { ...record, metrics: { ...record.metrics, ack_latency: { ...ack, p95_us: null } } });
  };

  it('is withheld where the runs without it are the slow ones', () => {
    const slow = runsOf(2, 3, 0.02, 3).map(without);
    const found = compareRuns(runsOf(6, 1, 0.02, 1), [...runsOf(4, 0.8, 0.02, 2), ...slow], options);
    expect(p95Of(found.quantities)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('candidate: 2 of 6 runs have too few operations for it'),
    });
  });

  it('rests on the others where their medians are alike', () => {
    const candidate = runsOf(6, 1.3, 0.02, 2).map((run, at) => (at === 0 ? without(run) : run));
    expect(p95Of(compareRuns(runsOf(6, 1, 0.02, 1), candidate, options).quantities).verdict).toBe('worse');
  });
});
