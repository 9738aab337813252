import type { Filter } from '../../nostr/filter.ts';

/** What is known of the published events; numbers are those of the corpus. */
export interface PublishedKnowledge {
  /** All events below were acknowledged in good time before `nowNs`, failed ones apart. */
  certainBelow(nowNs: number): number;
  /** No event from here on has been sent by anybody. */
  sentBelow(nowNs: number): number;
}

/** An answer that is to be checked, with what was known when it was asked for and when it was complete. */
export interface SampledAnswer {
  readonly filter: Filter;
  readonly connection: number;
  readonly sequence: number;
  /** When it was asked for, monotonic ns. */
  readonly askedNs: number;
  /** The EVENT messages, as they came. */
  readonly frames: readonly Uint8Array<ArrayBuffer>[];
  /** Phase of the query. */
  readonly phase: number;
  readonly certainBelow: number;
  readonly sentBelow: number;
}

export interface AnswerSamplesOptions {
  /** Share of queries, 0..1. */
  readonly share: number;
  readonly knowledge: PublishedKnowledge;
  /** Takes a complete answer; the check goes on elsewhere. */
  readonly submit: (answer: SampledAnswer) => void;
}

interface Sample {
  readonly filter: Filter;
  readonly frames: Uint8Array<ArrayBuffer>[];
  connection: number;
  askedNs: number;
  certainBelow: number;
}

/** Answers kept at once; further queries are not sampled until some are complete. */
const MOST_KEPT = 256;

/** Keeps whole answers to a share of the queries; of all others nothing. Queries are known by their sequence number. */
export class AnswerSamples {
  readonly #options: AnswerSamplesOptions;
  readonly #samples = new Map<number, Sample>();
  #credit = 0;

  constructor(options: AnswerSamplesOptions) {
    this.#options = options;
  }

  /** A query is built; every (1 / share)-th is kept. */
  onBuilt(sequence: number, filter: Filter): void {
    this.#credit += this.#options.share;
    if (this.#credit < 1) return;
    this.#credit -= 1;
    if (this.#samples.size >= MOST_KEPT) return;
    this.#samples.set(sequence, { filter, frames: [], connection: 0, askedNs: 0, certainBelow: 0 });
  }

  onWritten(sequence: number, connection: number, nowNs: number): void {
    const sample = this.#samples.get(sequence);
    if (sample === undefined) return;
    sample.connection = connection;
    sample.askedNs = nowNs;
    sample.certainBelow = this.#options.knowledge.certainBelow(nowNs);
  }

  /** `frame` is copied if it is needed. */
  onEvent(sequence: number, frame: Buffer): void {
    this.#samples.get(sequence)?.frames.push(Uint8Array.from(frame));
  }

  /** The answer is complete. */
  onEose(sequence: number, phase: number, nowNs: number): void {
    const sample = this.#samples.get(sequence);
    if (sample === undefined) return;
    this.#samples.delete(sequence);
    const sentBelow = this.#options.knowledge.sentBelow(nowNs);
    this.#options.submit({ ...sample, sequence, phase, sentBelow });
  }

  /** The query has ended without a complete answer. */
  drop(sequence: number): void {
    this.#samples.delete(sequence);
  }
}
