import type { ReasonKind } from '../../judge/blame.ts';
import { metricKind } from '../../metric/catalogue.ts';
import type { RunRecord } from '../../record/schema.ts';
import { areRefusalsWhy, failedGates } from './finding.ts';
import { levelFinding } from './levels.ts';
import { whoUsedTheCores } from './others.ts';
import { refusalOf } from './refusals.ts';
import { wasStopped } from './word.ts';

type FailedGate = RunRecord['gates'][number];

/** What to do next, in one sentence without its full stop. */
export function nextStepOf(record: RunRecord): string {
  if (wasStopped(record))
    return 'run it again to its end for a verdict; what was measured until then stands below';
  if (record.verdict === 'invalid') return afterInvalid(record);
  return record.verdict === 'fail' ? afterFailure(record) : afterPass(record);
}

const LESS_LOAD = 'lower --rate, or give the generator cores of its own (--workers, another machine)';

const AFTER_INVALID: Partial<Record<ReasonKind, string>> = {
  crashed: 'report this bug in relay-bench with the stack on stderr',
  'books-wrong': 'report this bug in relay-bench with run.json',
  'preparation-incomplete': 'give the scenario a larger corpus, or ask less of it',
  'machine-exhausted': 'see relay-bench doctor for the limit, raise it, or open fewer --connections',
};

function afterInvalid(record: RunRecord): string {
  const known = record.validity.kinds.map((kind) => AFTER_INVALID[kind]).find((text) => text !== undefined);
  if (known !== undefined) return known;
  const others = whoUsedTheCores(record) === null ? '' : 'end the other programs, ';
  return `${others}${LESS_LOAD}, and measure again`;
}

const AFTER_FAILURE: Readonly<Record<RunRecord['failures'][number]['kind'], string>> = {
  'target-gone': 'look into the log of the relay for why it went',
  'preparation-refused': 'see under Errors why it refused, and let it take the events of the preparation',
  'subscriptions-refused': 'raise its limit of subscriptions or its rate limit, or lower --connections',
  'connections-closed':
    'look into the log of the relay for why it closed them; its limits are the usual reason',
};

function afterFailure(record: RunRecord): string {
  const failed = failedGates(record);
  const [failure] = record.failures;
  const refusal = refusalOf(record);
  if (refusal !== null && (failure?.kind === 'preparation-refused' || areRefusalsWhy(failed)))
    return refusal.remedy;
  if (failure !== undefined) return AFTER_FAILURE[failure.kind];
  if (levelFinding(record)?.breaks === true)
    return 'plan with the last level that holds; see which processor is busy at the one that breaks';
  const [first] = failed;
  if (first?.verdict === 'no-data')
    return 'measure longer (--duration) or offer more, so that the gate has data';
  if (first === undefined || metricKind(first.metric) === 'latency')
    return 'see in report.html when it rose; relay-bench run steps finds the load that holds';
  return afterBrokenCount(first, record);
}

function afterBrokenCount({ metric, expression }: FailedGate, { evidence }: RunRecord): string {
  if (Object.keys(evidence).length > 0)
    return 'see Errors and Evidence below; relay-bench evidence RUN.json has the cases';
  return metricKind(metric) === 'counter' && expression.includes('>')
    ? 'measure longer (--duration), offer more (--rate), or ask for less'
    : 'see Errors below';
}

function afterPass(record: RunRecord): string {
  if (record.gates.length === 0) return 'set limits to judge by with --gate';
  return levelFinding(record)?.holdsAll === true
    ? 'raise all levels with --load-factor 2 to find where it ends'
    : 'keep run.json as the --baseline of the next change; relay-bench run steps finds where it ends';
}
