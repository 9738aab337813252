import type { NostrEvent } from '../nostr/event.ts';
import type { Filter } from '../nostr/filter.ts';
import type { Advertised } from './advertised.ts';
import { type Answer, judgeAnswer } from './answer.ts';
import { type Accusation, CapWatch } from './cap-watch.ts';
import type { Knowledge } from './knowledge.ts';
import type { KnownEvents } from './known-events.ts';
import { Casebook, type Finding, finding } from './observations.ts';

/** What the judgement rests on besides the answers; all of it is the same for a whole run. */
export interface JudgeOptions {
  readonly known: KnownEvents;
  readonly isComplete: boolean;
  readonly advertised: Advertised;
}

/** A question, and what was known when it was asked and when the answer was complete. */
export interface Question extends Pick<Knowledge, 'certainBelow' | 'sentBelow'> {
  readonly filter: Filter;
}

/** Judges the answers of one relay, one after the other: what one of them means can depend on the others. */
export class AnswerJudge<Q extends Question> {
  readonly #options: JudgeOptions;
  readonly #caps = new CapWatch<Q>();
  readonly #casebook = new Casebook();
  readonly #failed = new Set<number>();
  #isFresh = true;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** These events were refused or never answered. */
  failed(events: readonly number[]): void {
    for (const event of events) this.#failed.add(event);
  }

  /** The relay had events of the corpus before this run. */
  knownBefore(): void {
    this.#isFresh = false;
  }

  /** Judges an answer. @returns what is now known to be wrong: this answer, or earlier ones that this one refutes */
  judge(question: Q, answer: Answer): readonly Accusation<Q>[] {
    const { known, isComplete, advertised } = this.#options;
    const { certainBelow, sentBelow, filter } = question;
    const knowledge = {
      certainBelow,
      sentBelow,
      isFresh: this.#isFresh,
      failed: this.#failed,
      isComplete,
      advertised,
    };
    const judgement = judgeAnswer(known, filter, answer, knowledge);
    for (const kind of judgement.findings)
      if (kind !== 'silent-cap') this.#casebook.addFinding(finding(kind));
    const { wrong } = judgement;
    const refuted = this.#caps.add(question, judgement);
    return wrong === null ? refuted : [{ question, wrong }, ...refuted];
  }

  /** Whether an event that came after EOSE was stored before its question, so that it can't have come live. */
  isLateStored({ certainBelow }: Pick<Q, 'certainBelow'>, event: NostrEvent): boolean {
    const number = this.#options.known.numberOf(event.id);
    return number >= 0 && number < certainBelow && !this.#failed.has(number);
  }

  /** What is worth knowing of the relay after all answers. */
  findings(): readonly Finding[] {
    const cap = this.#caps.finding();
    const { findings } = this.#casebook.observations();
    return cap === null ? findings : [...findings, cap];
  }
}
