import { own } from '../base/own.ts';
import type { Capacity, CapacityStep } from './schema.ts';

/** Fewer levels are no curve. */
const MIN_LEVELS = 3;

/**
 * The knee of the throughput–latency curve: the step with the highest throughput for its mean latency (Kleinrock's
 * power). Beyond it the wait grows faster than the throughput. Of several latencies the one counts that grows most from the
 * lightest step to the heaviest. Null where fewer than three levels were measured.
 */
export function kneeOf(steps: readonly CapacityStep[]): Capacity['knee'] {
  const curve = curveOf(steps);
  if (curve.length < MIN_LEVELS) return null;
  const metric = steepest(curve);
  if (metric === null) return null;
  const powers = curve.flatMap((step) => {
    const latency = own(step.latencies, metric);
    if (latency === undefined || !latency.mean_us || step.achieved_per_s === null) return [];
    return [{ step, mean_us: latency.mean_us, p95_us: latency.p95_us, achieved: step.achieved_per_s }];
  });
  const best = powers.toSorted((a, b) => b.achieved / b.mean_us - a.achieved / a.mean_us)[0];
  if (best === undefined) return null;
  const { step, mean_us, p95_us, achieved } = best;
  const { rate_per_s, connections } = step;
  return { rate_per_s, connections, achieved_per_s: achieved, metric, mean_us, p95_us };
}

/** The steps that measured something of the relay, by what was offered; of several at one level the last. */
export function curveOf(steps: readonly CapacityStep[]): readonly CapacityStep[] {
  const byLevel = new Map<string, CapacityStep>();
  for (const step of steps) {
    if (step.verdict !== 'held' && step.verdict !== 'broken') continue;
    byLevel.set(`${step.rate_per_s} ${step.connections}`, step);
  }
  return [...byLevel.values()].sort((a, b) => a.rate_per_s - b.rate_per_s || a.connections - b.connections);
}

/** The latency that grew most; null where no latency is known at both ends. */
function steepest(curve: readonly CapacityStep[]): string | null {
  const [first, last] = [curve[0], curve.at(-1)];
  const growths = Object.entries(last?.latencies ?? {}).flatMap(([metric, { mean_us }]) => {
    const before = own(first?.latencies ?? {}, metric)?.mean_us ?? null;
    return mean_us === null || before === null || before === 0 ? [] : [{ metric, growth: mean_us / before }];
  });
  return growths.toSorted((a, b) => b.growth - a.growth)[0]?.metric ?? null;
}
