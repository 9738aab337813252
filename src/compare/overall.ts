import type { Comparison, Quantity } from './schema.ts';

type Verdict = Pick<Comparison, 'verdict' | 'reason'>;

/** The verdict over the gated quantities: the worst that is certain, else what is not known, else the best. */
export function overallVerdict(quantities: readonly Quantity[]): Verdict {
  const gated = quantities.filter((quantity) => quantity.gated);
  const of = (verdict: Quantity['verdict']): Quantity[] => gated.filter((one) => one.verdict === verdict);
  const [worse, unclear, better] = [of('worse'), of('inconclusive'), of('better')];
  if (worse.length > 0) return { verdict: 'worse', reason: `worse: ${names(worse)}` };
  if (gated.length === 0) return { verdict: 'inconclusive', reason: 'the runs have no figure to judge by' };
  if (unclear.length > 0) {
    const reason = `no regression found, but none ruled out: ${names(unclear)} not clear`;
    return { verdict: 'inconclusive', reason };
  }
  if (better.length > 0) return { verdict: 'better', reason: `better: ${names(better)}` };
  return { verdict: 'same', reason: 'no change beyond the threshold' };
}

function names(quantities: readonly Quantity[]): string {
  return quantities.map(({ key }) => key).join(', ');
}
