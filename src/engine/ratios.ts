import { sumOfNouns } from '../metric/accounts.ts';
import type { CounterMetric } from '../metric/counters.ts';
import { RATIO_NAMES, type RatioMetric, ratioDefinition } from '../metric/ratios.ts';
import type { Source } from '../metric/source.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result/run-result.ts';
import type { Counters, Load } from '../result/schema.ts';

type Fraction = readonly [part: number, whole: number];

/** Ratios of the run, with the reason for each that could not be had. */
export function computeRatios(
  plan: Pick<Plan, 'sources' | 'load'>,
  counters: Counters,
  load: Load,
): { ratios: RunResult['ratios']; notMeasured: Record<string, string> } {
  const ofLoad = ratiosOfLoad(plan, load);
  const ratios = new Map<string, number | null>();
  const notMeasured = new Map<string, string>();
  for (const name of RATIO_NAMES) {
    const fraction = ofLoad.get(name) ?? counted(name, plan.sources, counters);
    if (fraction === null) continue;
    const [part, whole] = fraction;
    ratios.set(name, whole > 0 ? part / whole : null);
    if (whole === 0) notMeasured.set(name, `nothing to compare with: ${ratioDefinition(name).whenEmpty}`);
  }
  return { ratios: Object.fromEntries(ratios), notMeasured: Object.fromEntries(notMeasured) };
}

/** What no counter tells. */
function ratiosOfLoad(
  plan: Pick<Plan, 'load'>,
  { connections, offered, achieved }: Load,
): ReadonlyMap<RatioMetric, Fraction> {
  const fractions = new Map<RatioMetric, Fraction>([
    ['connect_ratio', [connections.opened, connections.requested]],
  ]);
  if (plan.load.model === 'open')
    fractions.set('achieved_rate_ratio', [sumOfNouns(achieved), sumOfNouns(offered)]);
  return fractions;
}

/** Null where nothing in the run counts it. */
function counted(name: RatioMetric, sources: readonly Source[], counters: Counters): Fraction | null {
  const { of, source } = ratioDefinition(name);
  if (of === null || !sources.includes(source as Source)) return null;
  const sum = (names: readonly string[]): number =>
    names.reduce((total, each) => total + counters[each as CounterMetric], 0);
  return [sum(of.part), sum(of.whole)];
}
