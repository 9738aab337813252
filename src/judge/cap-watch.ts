import type { AnswerJudgement, WrongAnswer } from './answer.ts';
import { type Finding, silentCap } from './observations.ts';

/** Short answers whose evidence is kept while they may yet be explained; of further ones only the question. */
const MOST_SHORT = 10_000;

/** A wrong answer, and the question that it answers. */
export interface Accusation<Question> {
  readonly question: Question;
  readonly wrong: WrongAnswer;
}

/**
 * Whether short answers are those of a relay that returns at most N events and does not say so: then they are the
 * newest N without a gap, always the same N, and no answer has more. One answer that does not fit refutes it for all.
 */
export class CapWatch<Question> {
  #short: Accusation<Question>[] = [];
  #isRefuted = false;
  /** The cap lies between them: no fewer than the stored events of any answer, no more than those of a short one. */
  #least = 0;
  #most = Number.POSITIVE_INFINITY;

  /** The next judgement. @returns what has now become wrong */
  add(question: Question, { short, stored }: AnswerJudgement): readonly Accusation<Question>[] {
    this.#least = Math.max(this.#least, stored.least);
    if (short !== null) {
      this.#most = Math.min(this.#most, stored.most);
      if (this.#short.length < MOST_SHORT) this.#short.push({ question, wrong: short });
    }
    this.#isRefuted ||= this.#least > this.#most;
    return this.#isRefuted ? this.#release() : [];
  }

  /** What explains the short answers; null where there are none. */
  finding(): Finding | null {
    return this.#short.length === 0 ? null : silentCap(this.#most, this.#short.length);
  }

  #release(): readonly Accusation<Question>[] {
    const released = this.#short;
    this.#short = [];
    return released;
  }
}
