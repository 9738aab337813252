import type { RunRecord } from '../../record/schema.ts';
import { answerOf } from '../answer/answer.ts';
import { count, seconds } from '../quantity.ts';
import { relayNames } from '../relay-names.ts';
import type { Headline } from './document.ts';

/** The answer of a run, and what ran against what. */
export function headline(record: RunRecord): Headline {
  const { word, question, finding, next } = answerOf(record);
  return { word, question, sentence: finding, next, facts: facts(record) };
}

function facts(record: RunRecord): string[] {
  const [scenario = '', relays = '', model = '', ...others] = factsSoFar(record);
  return [scenario, relays, model, `${seconds(record.load.measured_s)} measured`, ...others];
}

/** What runs against what, as far as it is known before the end: how long was measured is not. */
export function factsSoFar(record: RunRecord): string[] {
  const [first = '', ...others] = relayNames(record, true);
  return [
    record.scenario.name,
    others.length === 0 ? first : `${first} and ${others.length} more`,
    `${record.load.model} model`,
    `${count(record.load.connections.opened)} connections opened`,
    `seed ${record.seed}`,
    record.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'),
  ];
}
