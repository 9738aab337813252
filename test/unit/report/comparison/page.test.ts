import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../../src/compare/compare.ts';
import { comparisonPage } from '../../../../src/report/comparison/page.ts';
import { HOSTILE_TEXT } from '../../../support/sample-record.ts';
import { named, runOf, runsOf } from '../../../support/sample-runs.ts';

const pair = comparisonPage(compareRuns([named('base.json', runOf(1))], [named(HOSTILE_TEXT, runOf(1.5))]));
const many = comparisonPage(compareRuns(runsOf(4, 1, 0.01, 1), runsOf(4, 1.3, 0.01, 2)));

describe('the page of a comparison', () => {
  it('lays two runs over each other, over time and as distributions', () => {
    expect(pair).toContain('<title>WORSE: quick · relay-bench</title>');
    for (const title of ['ack_latency over time', 'Distribution of ack_latency'])
      expect(pair).toContain(title);
    expect(pair).not.toContain('of each run');
  });

  it('shows many runs one by one, and no course of any', () => {
    expect(many).toContain('ack_latency p95 of each run');
    expect(many).not.toContain('ack_latency over time');
  });

  it('has the warning of single runs beside the verdict', () => {
    expect(pair.indexOf('separate noise from change')).toBeLessThan(pair.indexOf('<figure'));
  });

  it('lets no name of a file become markup', () => {
    expect(pair).not.toContain('<script>alert');
    expect(pair).toContain('&lt;script&gt;alert');
  });
});
