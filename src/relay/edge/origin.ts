import { performance } from 'node:perf_hooks';
import pLimit from 'p-limit';
import { waitMs } from '../../base/back-off.ts';
import { messageOf } from '../../base/errors.ts';
import type { Filter } from '../../nostr/filter.ts';
import { compareNewestFirst } from '../../nostr/kinds.ts';
import { Outage } from '../outage.ts';
import type { Answer } from '../protocol/ingest.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { StoreUnavailableError } from '../store/unavailable.ts';
import { Arrivals, CATCH_UP_SLACK_S } from './arrivals.ts';
import { CatchUp, type OriginInformation } from './catch-up.ts';
import { Conversation } from './conversation.ts';
import { refused, unanswered } from './failures.ts';
import type { OpenLink, OriginLink } from './origin-link.ts';
import type { OriginTimes } from './origin-times.ts';
import { readPast } from './read-past.ts';

/** What the connection to an origin is made of. */
export interface OriginOptions {
  /** What messages call it. */
  readonly name: string;
  readonly open: OpenLink;
  /** What the origin says of itself; asked for each connection. */
  readonly readInformation: () => Promise<OriginInformation>;
  readonly nowSeconds: () => number;
  readonly log: (text: string) => void;
  readonly times: OriginTimes;
}

/** What was found out of a gap. */
export interface Return {
  /** What the origin has taken meanwhile. */
  readonly missed: readonly StoredEvent[];
  /** Holds what is true; called when what was missed was told. @returns how many filters and ids that are */
  readonly hold: () => number;
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
  /** Told after a gap of what was not told when it came, once. */
  onMissed: (event: StoredEvent) => void = () => undefined;
  /** It is about to be live after a gap: what was told before it may be old. */
  onReturn: (catchUp: CatchUp) => Promise<Return> = () => Promise.resolve({ missed: [], hold: () => 0 });
  /** Events that it has told of, on its own. */
  events = 0;
  /** Times that the connection was lost after it was live. */
  losses = 0;
  /** Events that were found after a gap. */
  caughtUp = 0;
  /** Filters and ids that were held over a gap. */
  confirmed = 0;

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
    const { nowSeconds, readInformation } = this.#options;
    const information = await readInformation();
    const [startMs, startSecond] = [performance.now(), nowSeconds()];
    await conversation.subscribe();
    const takeUp =
      this.#freshSecond === null
        ? await this.#begin(conversation, information)
        : await this.#catchUp(conversation, information, this.#freshSecond);
    if (conversation.isOver || this.#isClosed) return;
    takeUp();
    this.#maxLimit = information.maxLimit;
    this.#fresh(startMs, startSecond);
    this.#attempt = 0;
    this.#live = conversation;
    this.#outage.answered();
    this.#firstAttempt();
    for (const go of [...this.#waiting]) go();
    this.#beat(conversation, line);
  }

  /** At the first time nobody has missed anything: what was made lately is remembered, so that it is known after a gap. */
  async #begin(conversation: Conversation, { maxLimit }: OriginInformation): Promise<() => void> {
    const { nowSeconds } = this.#options;
    const filter = { since: nowSeconds() - CATCH_UP_SLACK_S };
    const { events } = await readPast((each) => conversation.ask(each), { filter, maxLimit });
    return () => {
      for (const event of events) this.#arrivals.add(event, nowSeconds());
    };
  }

  /** @returns tells of what was missed, and holds what is true */
  async #catchUp(
    line: Conversation,
    information: OriginInformation,
    freshSecond: number,
  ): Promise<() => void> {
    const { times, nowSeconds } = this.#options;
    const catchUp = new CatchUp({ line, ...information, budgetMs: times.compareMs });
    const since = freshSecond - CATCH_UP_SLACK_S;
    const recent = await catchUp.recent(since, this.#arrivals.since(since));
    const { missed, hold } = await this.onReturn(catchUp);
    return () => {
      for (const event of [...recent, ...missed].sort((a, b) => compareNewestFirst(b, a))) {
        if (!this.#arrivals.add(event, nowSeconds())) continue;
        this.caughtUp++;
        this.onMissed(event);
      }
      this.confirmed += hold();
    };
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

  #arrived(event: StoredEvent): void {
    this.events++;
    if (this.#arrivals.add(event, this.#options.nowSeconds())) this.onEvent(event);
    else this.onAgain(event);
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
