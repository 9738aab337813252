import { ACCOUNTS } from '../../metric/accounts.ts';
import { COUNTER_MAP_NAMES, COUNTER_MAPS } from '../../metric/counter-maps.ts';
import { rateLimiterText } from '../../record/rate-limiter.ts';
import type { GateResult, RunRecord } from '../../record/schema.ts';
import { provesNothing } from '../../record/validity.ts';
import { seconds } from '../quantity.ts';
import { gateSentence } from '../view/gate-sentence.ts';
import { faultFinding } from './faults.ts';
import { levelFinding } from './levels.ts';
import { whoUsedTheCores } from './others.ts';
import { plannedSeconds } from './question.ts';
import { refusalOf } from './refusals.ts';
import { inReadingOrder } from './severity.ts';
import { wasStopped } from './word.ts';

/** What a run has found, in one sentence. */
export function findingOf(record: RunRecord): string {
  if (wasStopped(record)) return stoppedText(record);
  const cut = record.partial ? 'stopped before its end; ' : '';
  if (record.verdict === 'invalid') return cut + invalidText(record);
  return cut + (record.verdict === 'fail' ? failedText(record) : passedText(record));
}

function stoppedText(record: RunRecord): string {
  const planned_s = plannedSeconds(record);
  const { measured_s } = record.load;
  const of = planned_s > measured_s ? ` of ${seconds(planned_s)}` : '';
  return `stopped by you after ${seconds(measured_s)}${of}, so there is no verdict`;
}

function invalidText(record: RunRecord): string {
  const { reasons } = record.validity;
  const [first = 'no reason was recorded'] = reasons;
  const others = whoUsedTheCores(record);
  const who = others === null ? '' : `; ${others}`;
  return provesNothing(record)
    ? `the numbers prove nothing about the relay: ${first}${who}`
    : `${first}${who}`;
}

function failedText(record: RunRecord): string {
  const failed = failedGates(record);
  // Whatever else failed: what was measured is not the relay.
  const { rateLimiter } = record;
  if (rateLimiter !== undefined)
    return `${rateLimiterText(rateLimiter)}; ${share(failed.length, record.gates.length)}`;
  const [failure] = record.failures;
  if (failure !== undefined) return failure.text;
  const levels = levelFinding(record);
  if (levels?.breaks === true) return `${levels.text}; ${share(failed.length, record.gates.length)}`;
  const refusal = areRefusalsWhy(failed) ? refusalOf(record) : null;
  if (refusal !== null) return `${refusal.text}; ${share(failed.length, record.gates.length)}`;
  const [first] = failed;
  if (first === undefined) return 'a gate aborted the run';
  return `${afterFaults(record)}${share(failed.length, record.gates.length)}: ${gateSentence(first)}`;
}

function passedText(record: RunRecord): string {
  const { gates, rateLimiter } = record;
  if (rateLimiter !== undefined) return rateLimiterText(rateLimiter);
  if (gates.length === 0) return 'no gate was set, so nothing was judged';
  const all = gates.length === 1 ? 'the one gate holds' : `all ${gates.length} gates hold`;
  const levels = levelFinding(record);
  return levels === null ? `${afterFaults(record)}${all}` : `${levels.text}; ${all}`;
}

/** What was broken on purpose comes first. */
function afterFaults(record: RunRecord): string {
  const text = faultFinding(record);
  return text === null ? '' : `${text}; `;
}

/** Gates that failed or have no data, in reading order. */
export function failedGates({ gates }: Pick<RunRecord, 'gates'>): readonly GateResult[] {
  return inReadingOrder(gates.filter(({ verdict }) => verdict === 'fail' || verdict === 'no-data'));
}

/** What refusals make worse; a relay that is slow, or loses what it took, does so for other reasons. */
const WORSE_BY_REFUSALS = new Set<string>([
  'achieved_rate_ratio',
  ...ACCOUNTS.map(({ ratio }) => ratio),
  ...COUNTER_MAP_NAMES.filter((name) => COUNTER_MAPS[name].label === 'prefix'),
]);

/** Whether refusals can be why gates failed. */
export function areRefusalsWhy(failed: readonly GateResult[]): boolean {
  return failed.some(({ metric }) => WORSE_BY_REFUSALS.has(metric));
}

function share(failed: number, gates: number): string {
  return gates === 1 ? 'the one gate failed' : `${failed} of ${gates} gates failed`;
}
