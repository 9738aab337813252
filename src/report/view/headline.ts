import { rateLimiterText } from '../../record/rate-limiter.ts';
import type { RunRecord } from '../../record/schema.ts';
import { provesNothing } from '../../record/validity.ts';
import { count, seconds } from '../quantity.ts';
import type { Headline } from './document.ts';
import { gateSentence } from './gates.ts';
import { holdsUpTo } from './levels.ts';

const WORDS = { pass: 'PASS', fail: 'FAIL', invalid: 'INVALID' } as const;

/** The verdict with one sentence why, and what ran against what. */
export function headline(record: RunRecord): Headline {
  const cut = record.partial ? 'stopped before its end; ' : '';
  return { word: WORDS[record.verdict], sentence: cut + reason(record) + upTo(record), facts: facts(record) };
}

/** Of a run with several levels: up to which of them its gates hold. */
function upTo(record: RunRecord): string {
  const found = provesNothing(record) ? null : holdsUpTo(record);
  return found === null ? '' : `; ${found}`;
}

function reason(record: RunRecord): string {
  if (record.verdict === 'invalid') {
    const [first = 'no reason was recorded'] = record.validity.reasons;
    return provesNothing(record) ? `the numbers prove nothing about the relay: ${first}` : first;
  }
  // Whatever else failed: what was measured is not the relay.
  if (record.rateLimiter !== undefined) return rateLimiterText(record.rateLimiter);
  const failure = decisiveFailure(record);
  if (failure !== null) return failure;
  const failed = record.gates.filter(({ verdict }) => verdict === 'fail' || verdict === 'no-data');
  const [first] = failed;
  if (first !== undefined) return `${share(failed.length, record.gates.length)}: ${gateSentence(first)}`;
  if (record.verdict === 'fail') return 'a gate aborted the run';
  return record.gates.length === 0 ? 'no gate was set, so nothing was judged' : allHold(record.gates.length);
}

/** What the target did, where that failed the run or explains why gates failed: it comes before what follows from it. */
function decisiveFailure({ verdict, failures }: RunRecord): string | null {
  return verdict === 'fail' ? (failures[0]?.text ?? null) : null;
}

function share(failed: number, gates: number): string {
  return gates === 1 ? 'the one gate failed' : `${failed} of ${gates} gates failed`;
}

function allHold(gates: number): string {
  return gates === 1 ? 'the one gate holds' : `all ${gates} gates hold`;
}

function facts(record: RunRecord): string[] {
  const [first = '', ...others] = record.target.urls;
  const urls = others.length === 0 ? first : `${first} and ${others.length} more`;
  return [
    record.scenario.name,
    record.target.kind === 'url' ? urls : `${record.target.kind} relay ${urls}`,
    `${record.load.model} model`,
    `${seconds(record.load.measured_s)} measured`,
    `${count(record.load.connections.opened)} connections`,
    `seed ${record.seed}`,
    record.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'),
  ];
}
