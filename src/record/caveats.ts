import { sumOfNouns } from '../metric/accounts.ts';
import { ANSWER_LATENCIES } from '../metric/catalogue.ts';
import { latencyGrowth } from './growth.ts';
import type { RunRecord } from './schema.ts';

type Observed = Pick<
  RunRecord,
  'environment' | 'load' | 'generator' | 'metrics' | 'notMeasured' | 'intervals' | 'counters'
>;

/** Key of the reason in `notMeasured`, where the ceiling is null. */
export const CEILING_KEY = 'generator.ceiling';
/** That reason where nobody has calibrated this machine yet. */
export const NOT_CALIBRATED = 'this machine was not calibrated: run `relay-bench calibrate` once';

/** Below this share of the offered rate a queue may grow for as long as the load lasts. */
const OVERLOADED_BELOW = 0.95;

/** What a reader must know before trusting the numbers, one sentence each, most important first. */
export function standardCaveats(record: Observed): string[] {
  const caveats: string[] = [];
  if (record.load.model === 'closed') {
    caveats.push(
      'closed model: a slow relay slows the load down (coordinated omission), so latencies under stalls are understated',
    );
  }
  if (record.environment.sameHostAsTarget) {
    caveats.push(
      'generator and relay share this machine: each takes CPU from the other, and no network lies between',
    );
  }
  const refused = compressionCaveat(record.counters);
  if (refused !== null) caveats.push(refused);
  const overload = overloadCaveat(record);
  if (overload !== null) caveats.push(overload);
  const censored = Object.entries(record.metrics)
    .filter(([key]) => (ANSWER_LATENCIES as readonly string[]).includes(key))
    .reduce((sum, [, metric]) => sum + metric.censored, 0);
  if (censored > 0) {
    caveats.push(`${censored} operations never ended: percentiles count them as slower than all others`);
  }
  if (record.generator.ceiling === null) caveats.push(ceilingCaveat(record.notMeasured[CEILING_KEY]));
  const clamped = Object.values(record.metrics).reduce((sum, metric) => sum + metric.clamped, 0);
  if (clamped > 0)
    caveats.push(`${clamped} samples lie above the highest value of the histograms and are counted at it`);
  const uncertain = Object.values(record.metrics).filter((metric) => metric.count > 0 && isUncertain(metric));
  if (uncertain.length > 0) {
    caveats.push(
      'low confidence: percentiles with fewer than 100 samples above them are marked, with fewer than 10 not given',
    );
  }
  return caveats;
}

/** What was measured is not what was asked for. */
function compressionCaveat(counters: Observed['counters']): string | null {
  const { connections_compressed: compressed, connections_not_compressed: not } = counters;
  if (not === 0) return null;
  const which = compressed === 0 ? 'any connection' : `${not} of ${compressed + not} connections`;
  return `no compression on ${which}: the relay, or a proxy before it, did not accept permessage-deflate`;
}

/** Little was achieved *and* latencies grow: a relay that refuses at once is not overloaded, whatever it achieves. */
function overloadCaveat(record: Observed): string | null {
  const { offered, achieved, model } = record.load;
  const wanted = sumOfNouns(offered);
  const done = sumOfNouns(achieved);
  const growth = latencyGrowth(record);
  if (model !== 'open' || done >= wanted * OVERLOADED_BELOW || growth === null) return null;
  const share = Math.round((done / wanted) * 100);
  const { metric, from_us, to_us } = growth;
  return `overload: ${share} % of what was offered was achieved and ${metric} p50 grew from ${milliseconds(from_us)} to ${milliseconds(to_us)}: latencies then grow with the length of the run and show nothing else`;
}

function milliseconds(us: number): string {
  return `${(us / 1_000).toFixed(us < 10_000 ? 1 : 0)} ms`;
}

/** Whether a caveat only says that nobody has calibrated the machine, which `notMeasured` says as well. */
export function isNotCalibrated(caveat: string): boolean {
  return caveat === ceilingCaveat(NOT_CALIBRATED);
}

function ceilingCaveat(reason: string = NOT_CALIBRATED): string {
  const what = reason === NOT_CALIBRATED ? 'was not calibrated' : 'is not known';
  return `this machine's own ceiling ${what}: how close the generator came to it is unknown`;
}

/** p99.9 is beyond most short runs and alone is no reason to warn. */
function isUncertain(metric: RunRecord['metrics'][string]): boolean {
  return metric.lowConfidence.some((name) => name !== 'p999');
}
