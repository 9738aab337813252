import type { Comparison } from './schema.ts';

/**
 * A comparison that found a regression, with what fresh runs say: it stands only where at least one gated quantity is
 * worse in both. What was found once among many may be chance; twice the same hardly is.
 * @param fresh a comparison of runs that the first did not see
 */
export function withConfirmation(first: Comparison, fresh: Comparison): Comparison {
  const again = worseKeys(fresh);
  const worse = worseKeys(first).filter((key) => again.includes(key));
  const confirmation = { runs: fresh.candidate.length, worse, confirmed: worse.length > 0 };
  return confirmation.confirmed
    ? { ...first, confirmation, verdict: 'worse', reason: `worse: ${worse.join(', ')}` }
    : { ...first, confirmation, verdict: 'inconclusive' };
}

function worseKeys({ quantities }: Comparison): string[] {
  return quantities.filter(({ gated, verdict }) => gated && verdict === 'worse').map(({ key }) => key);
}
