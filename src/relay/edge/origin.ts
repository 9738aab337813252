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
import type { OriginLink } from './origin-link.ts';
import type { OriginOptions, Return } from './origin-parts.ts';
import { type Moment, Pulse } from './pulse.ts';
import { readPast } from './read-past.ts';
import { Waiting } from './waiting.ts';
import { within } from './within.ts';
import { Writes } from './writes.ts';

/** Questions that are asked at once: relays allow so many subscriptions of a connection. */
const QUESTIONS_MAX = 100;

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
  readonly #waiting = new Waiting();
  readonly #writes: Writes;
  #pulse: Pulse | null = null;
  #attempt = 0;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  #firstAttempt: () => void = () => undefined;
  #maxLimit = 1;
  /** Monotonic milliseconds. */
  #freshMs = Number.NEGATIVE_INFINITY;
  /** Of the last moment by which everything was told, Unix seconds; null before it was live for the first time. */
  #freshSecond: number | null = null;
  /** What was missed is not found yet. */
  #isBehind = false;
  /** Told of every event that the origin accepts, once. */
  onEvent: (event: StoredEvent) => void = () => undefined;
  /**
   * Told of an event that was told before: it comes twice, or it is there again, as an older version is whose newer one was
   * deleted.
   */
  onAgain: (event: StoredEvent) => void = () => undefined;
  /** Told after a gap of what was not told when it came, once. */
  onMissed: (event: StoredEvent) => void = () => undefined;
  /** It is about to be subscribed after a gap: what is told from now on may be newer than what answers say. */
  onSubscribe: () => void = () => undefined;
  /** It is about to be live after a gap: what was told before it may be old. */
  onReturn: (catchUp: CatchUp) => Promise<Return> = () => Promise.resolve({ missed: [], hold: () => 0 });
  /** Events that it has told of, on its own. */
  events = 0;
  /** Questions that it was asked: filters, counts, and what it takes to catch up. */
  questions = 0;
  /** Times that the connection was lost after it was live. */
  losses = 0;
  /** Events that were found after a gap. */
  caughtUp = 0;
  /** Filters and ids that were held over a gap. */
  confirmed = 0;

  constructor(options: OriginOptions) {
    this.#options = options;
    this.#outage = new Outage(options.name, options.log);
    this.#writes = new Writes({
      live: () => this.#live,
      wait: (ms) => this.#waiting.wait(ms),
      isClosed: () => this.#isClosed,
      writeMs: options.times.writeMs,
    });
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
    this.#pulse?.stop();
    const live = this.#live;
    this.#live = null;
    this.#link?.end();
    live?.end('the relay is shutting down');
    this.#waiting.release();
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
    return this.#writes.publish(event);
  }

  async #whenLive(): Promise<Conversation> {
    if (this.#live === null && !this.#isClosed) await this.#waiting.wait(this.#options.times.patienceMs);
    if (this.#live === null) throw new StoreUnavailableError('the origin cannot be reached, try again later');
    return this.#live;
  }

  #connect(): void {
    const { open, times } = this.#options;
    let conversation: Conversation | null = null;
    const lost = (reason: string): void => {
      if (this.#link === link) this.#lost(conversation, reason);
    };
    const link: OriginLink = open({
      opened: () => {
        const begun = new Conversation(link.send, times);
        conversation = begun;
        begun.onEvent = (event) => this.#arrived(event);
        begun.onAsked = () => this.questions++;
        begun.onUnsubscribed = (message) => lost(`the origin has ended the subscription: ${message}`);
        this.#enter(begun, pulse).catch((error: unknown) => lost(messageOf(error)));
      },
      received: (text) => {
        pulse.heard();
        conversation?.receive(text);
      },
      ponged: () => pulse.ponged(),
      closed: lost,
    });
    const pulse = new Pulse({
      times,
      now: () => this.#now(),
      ping: link.ping,
      onAnswer: (asked) => this.#fresh(asked),
      onSilence: lost,
    });
    this.#link = link;
    this.#pulse = pulse;
  }

  /** Subscribes, finds what was missed, and is live. */
  async #enter(conversation: Conversation, pulse: Pulse): Promise<void> {
    const start = this.#now();
    if (this.#freshSecond !== null) this.onSubscribe();
    const [information] = await Promise.all([this.#options.readInformation(), conversation.subscribe()]);
    const takeUp =
      this.#freshSecond === null
        ? await this.#begin(conversation, information)
        : await this.#catchUp(conversation, information, this.#freshSecond);
    if (conversation.isOver || this.#isClosed) return;
    takeUp();
    this.#maxLimit = information.maxLimit;
    this.#fresh(start);
    this.#attempt = 0;
    this.#live = conversation;
    this.#outage.answered();
    this.#firstAttempt();
    this.#waiting.release();
    pulse.start();
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
    const { times } = this.#options;
    const catchUp = new CatchUp({ line, ...information, budgetMs: times.compareMs });
    const since = freshSecond - CATCH_UP_SLACK_S;
    const finding = catchUp.recent(since, this.#arrivals.since(since));
    const recent = await within(times.recentMs, finding);
    const { missed, hold } = await this.onReturn(catchUp);
    return () => {
      this.#isBehind = recent === null;
      this.#tell([...(recent ?? []), ...missed]);
      this.confirmed += hold();
      if (recent === null) this.#goOn(finding, line);
    };
  }

  /** Finds the rest of what was made lately while it is live. */
  #goOn(finding: Promise<readonly StoredEvent[]>, conversation: Conversation): void {
    const failed = (error: unknown): void => {
      if (this.#live === conversation) this.#lost(conversation, messageOf(error));
    };
    finding.then((recent) => {
      if (this.#live !== conversation) return;
      this.#isBehind = false;
      this.#tell(recent);
    }, failed);
  }

  /** Tells of what was missed, oldest first. */
  #tell(missed: readonly StoredEvent[]): void {
    for (const event of [...missed].sort((a, b) => compareNewestFirst(b, a))) {
      if (!this.#arrivals.add(event, this.#options.nowSeconds())) continue;
      this.caughtUp++;
      this.onMissed(event);
    }
  }

  #now(): Moment {
    return { ms: performance.now(), second: this.#options.nowSeconds() };
  }

  /** Everything that the origin had told at a moment has come. */
  #fresh({ ms, second }: Moment): void {
    this.#freshMs = ms;
    // What is not found yet has to be found after the next gap, where one comes before.
    if (this.#isBehind) return;
    this.#freshSecond = second;
    this.#arrivals.age(this.#options.nowSeconds());
  }

  #arrived(event: StoredEvent): void {
    this.events++;
    if (this.#arrivals.add(event, this.#options.nowSeconds())) this.onEvent(event);
    else this.onAgain(event);
  }

  #lost(conversation: Conversation | null, reason: string): void {
    if (this.#live !== null) this.losses++;
    this.#live = null;
    this.#pulse?.stop();
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
