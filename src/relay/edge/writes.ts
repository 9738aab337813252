import { performance } from 'node:perf_hooks';
import pLimit from 'p-limit';
import { kindClass } from '../../nostr/kinds.ts';
import type { Answer } from '../protocol/ingest.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { type Conversation, UnansweredError } from './conversation.ts';

type Line = Pick<Conversation, 'publish' | 'isOver'>;

export interface WritesParts {
  /** Null while the origin is away. */
  readonly live: () => Line | null;
  /** Resolves when that changes, or after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  /** The edge is going down: nothing is waited for any more. */
  readonly isClosed: () => boolean;
  /** From the hand-in of an event to its OK, in milliseconds. */
  readonly writeMs: number;
}

/**
 * Events without an OK on the connection. A relay does not read from a client whose events wait for it, so that whatever else
 * is asked over the connection waits behind them.
 */
const UNANSWERED_MAX = 128;
/** An event is not sent with less time left: the origin would store it, and nobody would know. */
const LEAST_MS = 50;

const UNREACHABLE: Answer = {
  accepted: false,
  message: 'error: the origin cannot be reached, the event was not sent to it',
};
const NOT_SENT: Answer = {
  accepted: false,
  message: 'error: the origin did not take it in time, the event was not sent to it',
};
const UNKNOWN: Answer = {
  accepted: false,
  message: 'error: the origin did not answer in time, the event may or may not be stored',
};

/**
 * Events on their way to the origin, each with its time from the hand-in. What was handed in before the connection was lost is handed in
 * once more where the origin comes back in time: it keeps an event once however often it gets it.
 */
export class Writes {
  readonly #parts: WritesParts;
  readonly #limit = pLimit(UNANSWERED_MAX);
  readonly #underWay = new Map<string, Promise<Answer>>();

  constructor(parts: WritesParts) {
    this.#parts = parts;
  }

  /**
   * Hands an event to the origin; who hands in one that is under way gets the same answer.
   * @returns its OK, or what keeps it from answering; never rejects
   */
  publish(event: StoredEvent): Promise<Answer> {
    const begun = this.#underWay.get(event.id);
    if (begun !== undefined) return begun;
    const { live, writeMs } = this.#parts;
    if (live() === null) return Promise.resolve(UNREACHABLE);
    const untilMs = performance.now() + writeMs;
    // Whoever came before has less time left: the turn of an event comes before its time is over.
    const answer = this.#limit(() => this.#offer(event, untilMs, false)).finally(() => {
      this.#underWay.delete(event.id);
    });
    this.#underWay.set(event.id, answer);
    return answer;
  }

  /** @param wasSent it was handed in before, over a connection that was lost */
  async #offer(event: StoredEvent, untilMs: number, wasSent: boolean): Promise<Answer> {
    const line = await this.#lineBefore(untilMs);
    if (line === null) return wasSent ? UNKNOWN : NOT_SENT;
    const answer = await line.publish(event, untilMs - performance.now()).catch(lost);
    if (answer !== null) return wasSent ? acknowledged(answer) : answer;
    return line.isOver && isRepeatable(event) ? await this.#offer(event, untilMs, true) : UNKNOWN;
  }

  /** What to hand events in by, as soon as the origin is there; null where the time is over before. */
  async #lineBefore(untilMs: number): Promise<Line | null> {
    const { live, wait, isClosed } = this.#parts;
    while (!isClosed()) {
      const leftMs = untilMs - performance.now();
      if (leftMs < LEAST_MS) return null;
      const line = live();
      if (line !== null) return line;
      await wait(leftMs);
    }
    return null;
  }
}

function lost(error: unknown): null {
  if (error instanceof UnansweredError) return null;
  throw error;
}

/** Of an event that was handed in twice: that the origin has it already is the doing of the edge. */
function acknowledged(answer: Answer): Answer {
  return answer.accepted && answer.message.startsWith('duplicate:') ? { ...answer, message: '' } : answer;
}

/** What an origin does not keep it would tell of twice. */
function isRepeatable({ kind }: StoredEvent): boolean {
  return kindClass(kind) !== 'ephemeral';
}
