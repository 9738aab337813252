import { expect, it } from 'vitest';
import { compareRuns } from '../../../src/compare/compare.ts';
import { withConfirmation } from '../../../src/compare/confirm.ts';
import { runsOf } from '../../support/sample-runs.ts';

const slower = compareRuns(runsOf(4, 1, 0.01, 1), runsOf(4, 1.3, 0.01, 2));
const again = compareRuns(runsOf(4, 1, 0.01, 3), runsOf(4, 1.3, 0.01, 4));
const alike = compareRuns(runsOf(4, 1, 0.01, 5), runsOf(4, 1, 0.01, 6));

it('lets a regression stand that fresh runs show as well', () => {
  const found = withConfirmation(slower, again);
  expect(found.verdict).toBe('worse');
  expect(found.confirmation).toMatchObject({ runs: 4, confirmed: true });
  expect(found.confirmation?.worse).toContain('ack_latency p95');
});

it('takes it back where fresh runs show nothing', () => {
  const found = withConfirmation(slower, alike);
  expect(found).toMatchObject({ verdict: 'inconclusive', confirmation: { confirmed: false, worse: [] } });
});

it('tells the change from the fresh runs, and what the first ones said beside it', () => {
  const picked = compareRuns(runsOf(4, 1, 0.01, 1), runsOf(4, 1.6, 0.01, 2));
  const found = withConfirmation(picked, again);
  const changeOf = (comparison: typeof found) =>
    comparison.quantities.find(({ key }) => key === 'ack_latency p95')?.change;
  expect(changeOf(found)).toBe(changeOf(again));
  expect(found.confirmation?.first).toContainEqual({ key: 'ack_latency p95', change: changeOf(picked) });
});
