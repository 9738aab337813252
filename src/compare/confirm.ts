import type { Comparison } from './schema.ts';

/** The keys of the gated quantities that are worse: what fresh runs have to show again. */
export function worseKeys({ quantities }: Comparison): string[] {
  return quantities.filter(({ gated, verdict }) => gated && verdict === 'worse').map(({ key }) => key);
}

/**
 * A comparison that found a regression, with what fresh runs say: it stands only where at least one gated quantity is
 * worse in both. What was found once among many may be chance; twice the same hardly is. All figures are those of the
 * fresh runs, since the first were picked because they looked bad.
 * @param fresh a comparison of runs that the first did not see
 */
export function withConfirmation(first: Comparison, fresh: Comparison): Comparison {
  const again = worseKeys(fresh);
  const found = worseKeys(first);
  const worse = found.filter((key) => again.includes(key));
  const confirmation = {
    runs: fresh.candidate.length,
    worse,
    confirmed: worse.length > 0,
    first: found.map((key) => ({ key, change: changeOf(first, key) })),
  };
  const warnings = [...new Set([...first.warnings, ...fresh.warnings])];
  return confirmation.confirmed
    ? { ...fresh, warnings, confirmation, verdict: 'worse', reason: `worse: ${worse.join(', ')}` }
    : { ...fresh, warnings, confirmation, verdict: 'inconclusive', reason: first.reason };
}

function changeOf({ quantities }: Comparison, wanted: string): number | null {
  return quantities.find(({ key }) => key === wanted)?.change ?? null;
}
