import { performance } from 'node:perf_hooks';
import pLimit from 'p-limit';
import { waitMs } from '../../base/back-off.ts';
import { messageOf } from '../../base/errors.ts';
import type { Filter } from '../../nostr/filter.ts';
import { Outage } from '../outage.ts';
import type { Answer } from '../protocol/ingest.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { StoreUnavailableError } from '../store/unavailable.ts';
import { Arrivals, CATCH_UP_SLACK_S } from './arrivals.ts';
import { Conversation, RefusedError, UnansweredError } from './conversation.ts';
import type { OpenLink, OriginLink } from './origin-link.ts';
import { readPast } from './read-past.ts';

/** Every duration of the connection to an origin, in milliseconds. */
export interface OriginTimes {
  /** From the answer to a ping to the next ping. */
  readonly beatMs: number;
  /** So long after a ping without its answer the connection is given up. */
  readonly silenceMs: number;
  /** An answer to a question. */
  readonly questionMs: number;
  /** An OK. */
  readonly writeMs: number;
  /** A question waits so long for an origin that is away. */
  readonly patienceMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const ORIGIN_TIMES: OriginTimes = {
  beatMs: 500,
  silenceMs: 3_000,
  questionMs: 10_000,
  writeMs: 9_000,
  patienceMs: 3_000,
  firstRetryMs: 200,
  longestRetryMs: 5_000,
};

/** What the connection to an origin is made of. */
export interface OriginOptions {
  /** What messages call it. */
  readonly name: string;
  readonly open: OpenLink;
  /** The most events that the origin returns for a filter; asked for each connection. */
  readonly readMaxLimit: () => Promise<number>;
  readonly nowSeconds: () => number;
  readonly log: (text: string) => void;
  readonly times: OriginTimes;
}

/** What the connection of a conversation is good for besides. */
interface Line {
  readonly lost: (reason: string) => void;
  readonly ping: (answered: () => void) => void;
}

/** Questions that are asked at once: relays allow so many subscriptions of a connection. */
const QUESTIONS_MAX = 100;

const UNREACHABLE: Answer = {
  accepted: false,
  message: 'error: the origin cannot be reached, the event was not sent to it',
};
const UNKNOWN: Answer = {
  accepted: false,
  message: 'error: the origin did not answer in time, the event may or may not be stored',
};

/**
 * The origin of an edge: one connection that is opened again whenever it is lost, and all that is asked over it. It is live
 * while everything that the origin accepts is told here.
 */
export class Origin {
  readonly #options: OriginOptions;
  readonly #outage: Outage;
  readonly #arrivals = new Arrivals();
  readonly #questions = pLimit(QUESTIONS_MAX);
  #link: OriginLink | null = null;
  /** Null while it is not live. */
  #live: Conversation | null = null;
  readonly #waiting = new Set<() => void>();
  #attempt = 0;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  #firstAttempt: () => void = () => undefined;
  #maxLimit = 1;
  /** Monotonic milliseconds. */
  #freshMs = Number.NEGATIVE_INFINITY;
  /** The same moment in Unix seconds; null before it was live for the first time. */
  #freshSecond: number | null = null;
  /** Told of every event that the origin accepts, once. */
  onEvent: (event: StoredEvent) => void = () => undefined;
  /**
   * Told of an event that was told before: it comes twice, or it is there again, as an older version is whose newer one was
   * deleted.
   */
  onAgain: (event: StoredEvent) => void = () => undefined;
  /** It is about to be live after a gap: what was told before it may be old. */
  onReturn: () => void = () => undefined;
  /** Times that the connection was lost after it was live. */
  losses = 0;
  /** Events that were found after a gap. */
  caughtUp = 0;

  constructor(options: OriginOptions) {
    this.#options = options;
    this.#outage = new Outage(options.name, options.log);
  }

  get isLive(): boolean {
    return this.#live !== null;
  }

  /** The most events that it returns for a filter. */
  get maxLimit(): number {
    return this.#maxLimit;
  }

  /** Milliseconds since the last moment of which everything that the origin had accepted is known here. */
  get ageMs(): number {
    return performance.now() - this.#freshMs;
  }

  /** Connects; resolves when it is live, or when the first attempt has failed: it then goes on trying. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#firstAttempt = resolve;
      this.#connect();
    });
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const live = this.#live;
    this.#live = null;
    this.#link?.end();
    live?.end('the relay is shutting down');
  }

  /**
   * The events that match, as the origin finds them, where it is live or comes back soon.
   * @throws UnansweredError where the connection was lost meanwhile
   * @throws StoreUnavailableError where it is away or refuses
   */
  async ask(filter: Filter): Promise<readonly StoredEvent[]> {
    const live = await this.#whenLive();
    return await this.#questions(() => (this.#live ?? live).ask(filter)).catch(refused);
  }

  /**
   * How many events match (NIP-45).
   * @throws StoreUnavailableError where it is away or refuses
   */
  async count(filters: readonly Filter[]): Promise<number> {
    const live = await this.#whenLive();
    return await live.count(filters).catch(refused).catch(unanswered);
  }

  /** Hands an event to the origin. @returns its OK, or what keeps it from answering; never rejects */
  publish(event: StoredEvent): Promise<Answer> {
    const live = this.#live;
    if (live === null) return Promise.resolve(UNREACHABLE);
    return live.publish(event).catch(() => UNKNOWN);
  }

  async #whenLive(): Promise<Conversation> {
    if (this.#live === null && !this.#isClosed) await this.#wait();
    if (this.#live === null) throw new StoreUnavailableError('the origin cannot be reached, try again later');
    return this.#live;
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, this.#options.times.patienceMs).unref();
      this.#waiting.add(go);
    });
  }

  #connect(): void {
    const { open, times } = this.#options;
    let conversation: Conversation | null = null;
    let ponged = (): void => undefined;
    const lost = (reason: string): void => {
      if (this.#link !== link) return;
      this.#lost(conversation, reason);
    };
    const link: OriginLink = open({
      opened: () => {
        const begun = new Conversation(link.send, times);
        conversation = begun;
        begun.onEvent = (event) => this.#arrived(event);
        begun.onUnsubscribed = (message) => lost(`the origin has ended the subscription: ${message}`);
        const ping = (answered: () => void): void => {
          ponged = answered;
          link.ping();
        };
        this.#enter(begun, { lost, ping }).catch((error: unknown) => lost(messageOf(error)));
      },
      received: (text) => conversation?.receive(text),
      ponged: () => ponged(),
      closed: lost,
    });
    this.#link = link;
  }

  /** Subscribes, finds what was missed, and is live. */
  async #enter(conversation: Conversation, line: Line): Promise<void> {
    const { nowSeconds, readMaxLimit } = this.#options;
    const before = this.#freshSecond;
    const since = (before ?? nowSeconds()) - CATCH_UP_SLACK_S;
    const maxLimit = await readMaxLimit();
    const [startMs, startSecond] = [performance.now(), nowSeconds()];
    await conversation.subscribe();
    const past = await readPast((filter) => conversation.ask(filter), { since, maxLimit });
    if (conversation.isOver || this.#isClosed) return;
    for (const event of past.reverse()) {
      // At the first time nobody has missed anything: they are remembered, so that they are known after a gap.
      if (before === null) this.#arrivals.add(event, nowSeconds());
      else if (this.#arrived(event)) this.caughtUp++;
    }
    this.#maxLimit = maxLimit;
    this.#fresh(startMs, startSecond);
    this.onReturn();
    this.#attempt = 0;
    this.#live = conversation;
    this.#outage.answered();
    this.#firstAttempt();
    for (const go of [...this.#waiting]) go();
    this.#beat(conversation, line);
  }

  /** Asks again and again whether it is there: what comes before the answer is everything that it had told when it answered. */
  #beat(conversation: Conversation, { lost, ping }: Line): void {
    const { times, nowSeconds } = this.#options;
    const [startMs, startSecond] = [performance.now(), nowSeconds()];
    const silence = setTimeout(
      () => lost(`no sign of life for ${times.silenceMs} ms`),
      times.silenceMs,
    ).unref();
    this.#timer = silence;
    ping(() => {
      clearTimeout(silence);
      if (this.#live !== conversation) return;
      this.#fresh(startMs, startSecond);
      this.#arrivals.age(nowSeconds());
      this.#timer = setTimeout(() => this.#beat(conversation, { lost, ping }), times.beatMs).unref();
    });
  }

  #fresh(ms: number, second: number): void {
    this.#freshMs = ms;
    this.#freshSecond = second;
  }

  /** @returns whether it is new */
  #arrived(event: StoredEvent): boolean {
    const isNew = this.#arrivals.add(event, this.#options.nowSeconds());
    if (isNew) this.onEvent(event);
    else this.onAgain(event);
    return isNew;
  }

  #lost(conversation: Conversation | null, reason: string): void {
    if (this.#live !== null) this.losses++;
    this.#live = null;
    this.#link?.end();
    this.#link = null;
    conversation?.end(reason);
    this.#outage.failed(new Error(reason));
    this.#firstAttempt();
    if (this.#isClosed) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const { firstRetryMs, longestRetryMs } = this.#options.times;
    const wait = waitMs({ firstMs: firstRetryMs, longestMs: longestRetryMs }, this.#attempt++, Math.random());
    this.#timer = setTimeout(() => this.#connect(), wait).unref();
  }
}

function refused(error: unknown): never {
  if (error instanceof RefusedError) {
    throw new StoreUnavailableError(`the origin refuses: ${error.message}`, error);
  }
  throw error;
}

/** The question was lost with its connection, and is not asked again. */
export function unanswered(error: unknown): never {
  if (error instanceof UnansweredError) {
    throw new StoreUnavailableError('the origin did not answer, try again later', error);
  }
  throw error;
}
