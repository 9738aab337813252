import type { RunRecord } from '../../record/schema.ts';
import { visible, withoutBackticks } from '../escape.ts';
import { findingOf } from './finding.ts';
import { nextStepOf } from './next-step.ts';
import { questionOf } from './question.ts';
import { type RunWord, wordOf } from './word.ts';

/** What stands above everything else in every report of a run. */
export interface Answer {
  readonly word: RunWord;
  /** What was asked of which relay. */
  readonly question: string;
  /** What was found, one sentence. */
  readonly finding: string;
  /** What to do next, one sentence. */
  readonly next: string;
}

/** The answer that a run gives, from its record alone; not yet escaped. */
export function answerOf(record: RunRecord): Answer {
  return {
    word: wordOf(record),
    question: questionOf(record),
    finding: findingOf(record),
    next: nextStepOf(record),
  };
}

const MAX_CHARACTERS = 1_000;

/** The answer as one line for a log, escaped, without a line end. */
export function answerLine(record: RunRecord): string {
  const { word, finding, next } = answerOf(record);
  return headlineLine({ word, sentence: finding, next });
}

/** The same of any report: verdict, finding, next step. */
export function headlineLine(headline: {
  readonly word: string;
  readonly sentence: string;
  readonly next?: string | undefined;
}): string {
  const { word, sentence, next } = headline;
  const then = next === undefined ? '' : `; next: ${next}`;
  return visible(withoutBackticks(`relay-bench: ${word}: ${sentence}${then}`), MAX_CHARACTERS);
}
