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
  const [first = '', ...others] = relayNames(record, true);
  return [
    record.scenario.name,
    others.length === 0 ? first : `${first} and ${others.length} more`,
    `${record.load.model} model`,
    `${seconds(record.load.measured_s)} measured`,
    `${count(record.load.connections.opened)} connections opened`,
    `seed ${record.seed}`,
    record.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'),
  ];
}
