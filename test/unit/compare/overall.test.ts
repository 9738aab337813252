import { expect, it } from 'vitest';
import { overallVerdict } from '../../../src/compare/overall.ts';
import type { Quantity } from '../../../src/compare/schema.ts';

const quantity = (key: string, verdict: Quantity['verdict'], gated = true): Quantity =>
  ({ key, verdict, gated }) as Quantity;
const [worse, unclear, better, same] = (['worse', 'inconclusive', 'better', 'same'] as const).map((verdict) =>
  quantity(verdict, verdict),
) as [Quantity, Quantity, Quantity, Quantity];

it.each([
  ['the worst that is certain', [same, better, unclear, worse], 'worse', 'worse: worse'],
  [
    'what is not known',
    [same, better, unclear],
    'inconclusive',
    'no regression found, but none ruled out: inconclusive not clear',
  ],
  ['the best', [same, better, quantity('p99', 'better')], 'better', 'better: better, p99'],
  ['no change', [same], 'same', 'no change beyond the threshold'],
  ['nothing', [], 'inconclusive', 'the runs have no figure to judge by'],
  [
    'no verdict of what is not gated',
    [same, quantity('max', 'worse', false)],
    'same',
    'no change beyond the threshold',
  ],
] as const)('the verdict over all is %s', (_, quantities, verdict, reason) => {
  expect(overallVerdict(quantities)).toEqual({ verdict, reason });
});
