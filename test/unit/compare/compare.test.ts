import { describe, expect, it } from 'vitest';
import { compareRuns, DEFAULT_OPTIONS, SINGLE_RUN_WARNING } from '../../../src/compare/compare.ts';
import { comparisonSchema, type Quantity } from '../../../src/compare/schema.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { named, runOf, runsOf } from '../../support/sample-runs.ts';

const quantity = (found: { quantities: readonly Quantity[] }, key: string): Quantity | undefined =>
  found.quantities.find((one) => one.key === key);

const single = (base: RunRecord, candidate: RunRecord, options = DEFAULT_OPTIONS) =>
  compareRuns([named('base.json', base)], [named('candidate.json', candidate)], options);

describe('one run a side', () => {
  it('is judged by the tolerance, with the warning that it proves little', () => {
    const found = single(runOf(1), runOf(1.5));
    expect(found).toMatchObject({ method: 'tolerance', verdict: 'worse', warnings: [SINGLE_RUN_WARNING] });
    expect(quantity(found, 'ack_latency p95')).toMatchObject({
      verdict: 'worse',
      gated: true,
      threshold: 0.2,
    });
    expect(quantity(found, 'ack_latency p95')?.change).toBeCloseTo(0.5, 1);
  });

  it('is the same within the tolerance', () => {
    expect(single(runOf(1), runOf(1.15)).verdict).toBe('same');
    expect(single(runOf(1), runOf(1.15), { ...DEFAULT_OPTIONS, tolerance: 0.1 }).verdict).toBe('worse');
  });

  it('knows which way is better', () => {
    expect(single(runOf(1), runOf(0.5)).verdict).toBe('better');
    const lossy = { ...runOf(1), ratios: { ...runOf(1).ratios, delivery_ratio: 0.97 } };
    const found = single(runOf(1), lossy);
    expect(quantity(found, 'delivery_ratio')).toMatchObject({ verdict: 'worse', direction: 'higher' });
    expect(found.reason).toBe('worse: delivery_ratio');
  });

  it('gives the interval of a percentile from the ranks of either run', () => {
    const p95 = quantity(single(runOf(1), runOf(1)), 'ack_latency p95');
    expect(p95?.change).toBe(0);
    expect(p95?.changeLow).toBeLessThan(0);
    expect(p95?.changeHigh).toBeGreaterThan(0);
  });

  it('decides nothing by a quantity that one of the runs lacks', () => {
    const { ack_latency: _, ...metrics } = runOf(1).metrics;
    const found = single(runOf(1), { ...runOf(1), metrics });
    expect(found.verdict).toBe('inconclusive');
    expect(quantity(found, 'ack_latency p95')?.reason).toBe('one of the runs has no value');
  });

  it('counts new trouble as worse, but gates only what it was told to', () => {
    const troubled = { ...runOf(1), counters: { ...runOf(1).counters, notices: 3 } };
    const found = single(runOf(1), troubled);
    expect(quantity(found, 'notices')).toMatchObject({ change: null, verdict: 'worse', gated: false });
    expect(found.verdict).toBe('same');
    expect(single(runOf(1), troubled, { ...DEFAULT_OPTIONS, gated: ['notices'] }).verdict).toBe('worse');
  });
});

describe('many runs a side', () => {
  it('finds a change of 10 % in runs that differ by 2 %', () => {
    const found = compareRuns(runsOf(5, 1, 0.02, 1), runsOf(5, 1.1, 0.02, 2));
    expect(found).toMatchObject({ method: 'statistical', verdict: 'worse' });
    const p95 = quantity(found, 'ack_latency p95');
    expect(p95?.change).toBeCloseTo(0.1, 1);
    expect(p95?.changeLow).toBeLessThan(p95?.change ?? 0);
    expect(p95?.pWorse).toBeLessThan(0.05);
  });

  it('calls runs the same where the interval leaves no room for a change', () => {
    expect(compareRuns(runsOf(6, 1, 0.005, 1), runsOf(6, 1, 0.005, 2)).verdict).toBe('same');
  });

  it('is inconclusive, not the same, where the runs differ too much among themselves', () => {
    const found = compareRuns(runsOf(5, 1, 0.3, 1), runsOf(5, 1.05, 0.3, 2));
    expect(found.verdict).toBe('inconclusive');
    expect(quantity(found, 'ack_latency p95')?.reason).toMatch(
      /^can't tell: neither .* is shown; more than 100 runs a side would be enough$/,
    );
  });

  it('ignores a change that is certain but too small to matter', () => {
    const found = compareRuns(runsOf(8, 1, 0.002, 1), runsOf(8, 1.02, 0.002, 2));
    expect(quantity(found, 'ack_latency p95')).toMatchObject({ verdict: 'same' });
    expect(quantity(found, 'ack_latency p95')?.pWorse).toBeLessThan(0.05);
  });

  it('is inconclusive with fewer than four runs a side, however large the change', () => {
    const found = compareRuns(runsOf(3, 1, 0.01, 1), runsOf(3, 2, 0.01, 2));
    expect(found.verdict).toBe('inconclusive');
    expect(quantity(found, 'ack_latency p95')?.reason).toBe('only 3 runs a side have a value; 4 are needed');
  });

  it('can find a regression with four runs, since ratios that never vary cost nothing', () => {
    expect(compareRuns(runsOf(4, 1, 0.01, 1), runsOf(4, 1.3, 0.01, 2)).verdict).toBe('worse');
  });
});

describe('a comparison', () => {
  it('matches its schema', () => {
    const found = compareRuns(runsOf(4, 1, 0.01, 1), runsOf(4, 1.3, 0.01, 2));
    expect(comparisonSchema.parse(found)).toEqual(found);
  });

  it.each<[string, Partial<RunRecord>]>([
    ['another scenario', { scenario: { ...runOf(1).scenario, sha256: 'f'.repeat(64) } }],
    ['another corpus', { corpus: { ...runOf(1).corpus, fingerprint: 'sha256:other' } }],
    ['another kind of target', { target: { ...runOf(1).target, kind: 'url' } }],
    ['another machine', { environment: { ...runOf(1).environment, cpus: 64 } }],
    ['another schema', { schemaVersion: '2.0.0' }],
    ['stopped before its end', { partial: true }],
    [
      'may be too high: many were late',
      { generator: { ...runOf(1).generator, doubts: [{ kind: 'generator-late', text: 'many were late' }] } },
    ],
    [
      'is invalid: late',
      { validity: { verdict: 'invalid', reasons: ['late'], owners: ['generator'], kinds: [] } },
    ],
  ])('is refused with the reason: %s', (reason, changes) => {
    const compare = (): unknown => single(runOf(1), runOf(1, changes));
    expect(compare).toThrow(expect.objectContaining({ code: 'NOT_COMPARABLE', exitCode: 2 }));
    expect(compare).toThrow(reason);
  });

  it('across machines is made where it is asked for, and says so', () => {
    const elsewhere = runOf(1, { environment: { ...runOf(1).environment, cpus: 64 } });
    const found = single(runOf(1), elsewhere, { ...DEFAULT_OPTIONS, crossHost: true });
    expect(found.warnings).toContainEqual(expect.stringMatching(/^another machine: 2 × .*64 × /));
  });

  it('names what may explain a change', () => {
    const newer = runOf(1, { tool: { ...runOf(1).tool, version: '0.2.0' } });
    expect(single(runOf(1), newer).warnings).toContain(
      'another version of relay-bench: 0.1.0 in base.json, 0.2.0 in candidate.json',
    );
  });

  it('refuses a gated quantity that no run has, with the nearest that exists', () => {
    const options = { ...DEFAULT_OPTIONS, gated: ['ack_latncy p95'] };
    expect(() => single(runOf(1), runOf(1), options)).toThrow('did you mean "ack_latency p95"');
  });

  it('shows the distribution of all samples of a side, not a mean of percentiles', () => {
    const [base] = compareRuns(runsOf(4, 1, 0.01), runsOf(4, 1, 0.01)).distributions.filter(
      ({ series }) => series === 'ack_latency',
    );
    expect(base?.base.count).toBe(1_600);
    const p95 = base?.base.quantiles.find(({ percentile }) => percentile === 95);
    expect(p95?.low_us).toBeLessThanOrEqual(p95?.value_us ?? 0);
    expect(p95?.high_us).toBeGreaterThanOrEqual(p95?.value_us ?? 0);
  });
});
