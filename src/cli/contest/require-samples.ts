import { NS_PER_MS } from '../../base/clock.ts';
import { formatDurationMs } from '../../base/duration.ts';
import { RelayBenchError } from '../../base/errors.ts';
import type { BaseLatency } from '../../metric/latencies.ts';
import { QUANTILES, type QuantileName, samplesNeeded } from '../../metric/summary.ts';
import type { Plan } from '../../plan/plan.ts';
import { plannedSamples } from '../../plan/planned-samples.ts';

/** The latencies that decide where the user names none, as `compare` has them. */
const BY_DEFAULT = ['ack_latency p95', 'eose_latency p95', 'delivery_latency p95'];

/**
 * Refuses a plan whose runs can't have the samples that the percentiles need by which they are judged: no number of rounds
 * would tell anything then. Everything else is left to what the runs find.
 * @param gated as in `--metric`; null for the default
 * @throws RelayBenchError `PLAN_IMPOSSIBLE` (exit 2)
 */
export function requireSamples(plan: Plan, gated: readonly string[] | null): void {
  const planned = plannedSamples(plan);
  const short = (gated ?? BY_DEFAULT).flatMap((key) => {
    const [name = '', aggregation = ''] = key.split(' ');
    const samples = planned.get(name as BaseLatency);
    if (samples === undefined || !Object.hasOwn(QUANTILES, aggregation)) return [];
    const needed = samplesNeeded(aggregation as QuantileName);
    return samples < needed ? [{ key, samples, needed }] : [];
  });
  const [worst] = short.toSorted((a, b) => a.samples / a.needed - b.samples / b.needed);
  if (worst === undefined) return;
  const { key, samples, needed } = worst;
  throw new RelayBenchError(
    `${key} needs ${needed} samples in each run, this plan has about ${Math.floor(samples)}`,
    { code: 'PLAN_IMPOSSIBLE', hint: hintOf(plan, samples, needed) },
  );
}

function hintOf(plan: Plan, samples: number, needed: number): string {
  const measuredMs =
    plan.phases
      .filter(({ kind }) => kind === 'measured')
      .reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0) / NS_PER_MS;
  const others = 'a higher --load-factor, or --metric with a percentile that needs fewer';
  if (samples === 0) return others;
  const enoughMs = Math.ceil((measuredMs * needed) / samples / 1_000) * 1_000;
  return `take --duration ${Math.ceil(enoughMs / 1_000)}s or more (${formatDurationMs(measuredMs)} now), ${others}`;
}
