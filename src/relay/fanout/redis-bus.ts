import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { RedisLogin } from '../secrets.ts';
import type { RemovedEvent, StoredEvent } from '../store/stored-event.ts';
import { BusCodec } from './bus-codec.ts';
import type { BusMessage } from './bus-message.ts';
import { type Channel, RedisChannel } from './channel.ts';
import type { Verify } from './claimed-event.ts';
import { GapFiller, type GapSource } from './gap-filler.ts';
import { Horizons } from './horizons.ts';
import { Peers } from './peers.ts';
import { Receiver } from './receiver.ts';
import { SeenIds } from './seen-ids.ts';
import { ShardedChannel } from './sharded-channel.ts';

/** What a bus is given. */
export interface RedisBusOptions {
  /** URL of a Redis, or nodes of a Redis Cluster (`host:port`). */
  readonly redis: string | readonly string[];
  /** Undefined: what the URL says. */
  readonly login: RedisLogin | undefined;
  /** Key of the stack; undefined: what others tell is verified. */
  readonly key: string | undefined;
  readonly verify: Verify;
  readonly relayId: string;
  readonly source: GapSource;
  /** Another relay has accepted an event; called once for each, also when it had to be looked for. */
  readonly onEvent: (event: StoredEvent, lsn: number) => void;
  /** Another relay has removed events. */
  readonly onRemoved: (removed: readonly RemovedEvent[], lsn: number) => void;
  /** Messages may be missed from now on. */
  readonly onBroken: () => void;
  /** The channel carries again, and what was missed has been delivered. */
  readonly onWhole: () => void;
  readonly onError: (error: unknown) => void;
  /** Told once of each failure that is survived, and of its end. */
  readonly log: (text: string) => void;
}

const BEAT_EVERY_MS = 500;
/** A heartbeat of its own that does not come back for this long means that the channel is broken. */
const SILENCE_MAX_MS = 3_000;
/** Twice the time between heartbeats. */
const FRESH_MS = 1_000;
/** A channel that stays broken for so long is connected anew: a connection may be dead without knowing it. */
const RECONNECT_AFTER_MS = 5_000;
/** An event is published at most this long after its transaction was over; gaps are filled from that much earlier. */
const MARGIN_MS = 5_000;
const AGE_SEEN_EVERY_MS = 60_000;
const GONE_STEP = 500;
/** Of the number that tells one process from the next of its name. */
const PROCESS_BYTES = 8;

/**
 * Carries events between relay processes over Redis, and keeps watch. Redis forgets what it could not deliver, so
 * every process sends heartbeats through the channel; when its own stop coming back, when its connection is lost, when
 * it could not publish or when another process falls silent, what may have been missed is looked up in the store.
 * Every event is delivered once, because ids are remembered. Ephemeral events are stored nowhere: those of a gap are
 * lost.
 */
export class RedisBus {
  readonly #options: RedisBusOptions;
  /**
   * Of this process alone: one that is killed and started again under the same name at once must not be taken for the one
   * before, whose last message may be missing.
   */
  readonly #self: string;
  readonly #channel: Channel;
  readonly #seen = new SeenIds();
  readonly #horizons = new Horizons();
  readonly #peers = new Peers(SILENCE_MAX_MS);
  readonly #timers: NodeJS.Timeout[];
  #beat = 0;
  #lastOwnBeatMs = performance.now();
  #lastReconnectMs = performance.now();
  /** Whether messages may have been missed since `#wholeUntilMs`. */
  #isBroken = true;
  #wholeUntilMs = performance.now();
  #hasFailedToPublish = false;
  #isAskingHorizon = false;
  readonly #filler: GapFiller;
  readonly #codec: BusCodec;
  readonly #receiver: Receiver;
  /** What happened, for the metrics. */
  readonly counts = { published: 0, received: 0, publishErrors: 0, filled: 0 };

  constructor(options: RedisBusOptions) {
    this.#options = options;
    const { redis, login, key, verify, log } = options;
    this.#self = `${options.relayId}/${randomBytes(PROCESS_BYTES).toString('hex')}`;
    this.#filler = new GapFiller({
      ...{ source: options.source, log },
      isKnown: (id) => this.#seen.has(id),
      onFound: (event, lsn) => this.#onFound(event, lsn),
    });
    this.#codec = new BusCodec(key ?? null);
    this.#receiver = new Receiver({
      ...{ codec: this.#codec, verify, log },
      onMessage: (message) => this.#receive(message),
      onMissed: () => this.#fillLately(),
    });
    const handlers = {
      onMessage: (text: string) => this.#receiver.hear(text),
      onLoss: () => this.#break(),
      onError: options.onError,
    };
    this.#channel =
      typeof redis === 'string'
        ? new RedisChannel(redis, login, handlers)
        : new ShardedChannel(redis, login, handlers);
    this.#timers = [
      setInterval(() => void this.#sendBeat(), BEAT_EVERY_MS).unref(),
      setInterval(() => this.#ageSeen(), AGE_SEEN_EVERY_MS).unref(),
    ];
  }

  /** Times that events may have been missed. */
  get gaps(): number {
    return this.#filler.gaps;
  }

  /** Messages that were not believed. */
  get refused(): number {
    return this.#receiver.refused;
  }

  /** Whether the channel carries. */
  get isWhole(): boolean {
    return !this.#isBroken;
  }

  /** Whether everything that others have published up to so many milliseconds ago has arrived here. */
  isFresh(withinMs = FRESH_MS): boolean {
    return this.isWhole && performance.now() - this.#lastOwnBeatMs < withinMs;
  }

  /** Resolves when the channel carries for the first time, or when `deadlineMs` have passed. */
  async ready(deadlineMs: number): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    while (this.#isBroken && performance.now() < deadline) {
      await this.#sendBeat();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /**
   * Tells the other relays of an event that this one has accepted.
   * @returns false where it was found in the store before, while a gap was filled, and everybody here has it already
   */
  publish(event: StoredEvent, lsn: number): boolean {
    const isNew = this.#seen.add(event.id);
    this.counts.published++;
    void this.#send({ type: 'event', from: this.#self, lsn, event });
    return isNew;
  }

  /** Tells the other relays of events that this one has removed. @returns whether it is certain that all of that was sent */
  async publishRemoved(removed: readonly RemovedEvent[], lsn: number): Promise<boolean> {
    const sent: Promise<boolean>[] = [];
    for (let start = 0; start < removed.length; start += GONE_STEP) {
      const part = removed.slice(start, start + GONE_STEP).map(({ id, address }) => ({ id, address }));
      sent.push(this.#send({ type: 'gone', from: this.#self, lsn, removed: part }));
    }
    return (await Promise.all(sent)).every((isSent) => isSent);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#filler.close();
    await this.#send({ type: 'bye', from: this.#self });
    this.#channel.close();
  }

  /** Never rejects. @returns whether Redis has taken it */
  async #send(message: BusMessage): Promise<boolean> {
    try {
      await this.#channel.publish(this.#codec.encode(message));
      return true;
    } catch (error) {
      this.counts.publishErrors++;
      if (message.type !== 'beat') this.#hasFailedToPublish = true;
      // Said once for each time that it breaks; the heartbeats that follow fail in the same way.
      if (!this.#isBroken) this.#options.onError(error);
      this.#break();
      return false;
    }
  }

  #receive(message: BusMessage): void {
    if (message.from === this.#self) {
      if (message.type === 'beat') this.#onOwnBeat();
      return;
    }
    this.counts.received++;
    if (message.type === 'bye') {
      this.#peers.forget(message.from);
      return;
    }
    this.#peers.hear(message.from, performance.now());
    if (message.type === 'event') this.#deliver(message.event, message.lsn);
    else if (message.type === 'gone') this.#options.onRemoved(message.removed, message.lsn);
    else if (message.type === 'gap') this.#fillGap(message.since);
  }

  #deliver(event: StoredEvent, lsn: number): void {
    if (this.#seen.add(event.id)) this.#options.onEvent(event, lsn);
  }

  async #sendBeat(): Promise<void> {
    const now = performance.now();
    if (!this.#isBroken && now - this.#lastOwnBeatMs > SILENCE_MAX_MS) this.#break();
    if (!this.#isBroken) this.#lookForSilent(now);
    if (now - Math.max(this.#lastOwnBeatMs, this.#lastReconnectMs) > RECONNECT_AFTER_MS) {
      this.#lastReconnectMs = now;
      this.#channel.reconnect();
    }
    void this.#askHorizon(now);
    await this.#send({ type: 'beat', from: this.#self, beat: this.#beat++ });
  }

  /** One question at a time, and no heartbeat waits for it: the store may be away while Redis is not. */
  async #askHorizon(nowMs: number): Promise<void> {
    if (this.#isAskingHorizon) return;
    this.#isAskingHorizon = true;
    try {
      this.#horizons.add(nowMs, await this.#options.source.transactionHorizon());
    } catch {
      // The store itself has told that it is away; gaps are filled from the horizon before.
    } finally {
      this.#isAskingHorizon = false;
    }
  }

  /** Its own heartbeat has come back: publishing and receiving work, and all that was sent before has arrived. */
  #onOwnBeat(): void {
    this.#lastOwnBeatMs = performance.now();
    if (this.#isBroken) this.#mend();
    else this.#wholeUntilMs = this.#lastOwnBeatMs;
  }

  #break(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#options.onBroken();
  }

  #mend(): void {
    this.#isBroken = false;
    const since = this.#horizons.before(this.#wholeUntilMs - MARGIN_MS);
    this.#wholeUntilMs = performance.now();
    const failed = this.#hasFailedToPublish;
    this.#hasFailedToPublish = false;
    if (since === null) {
      this.#options.onWhole();
      return;
    }
    if (failed) void this.#send({ type: 'gap', from: this.#self, since });
    this.#fillGap(since);
  }

  /** A process that died between a commit and its message has left a gap that nobody else knows of. */
  #lookForSilent(nowMs: number): void {
    const silent = this.#peers.takeSilent(nowMs);
    if (silent.length === 0) return;
    const since = this.#horizons.before(Math.min(...silent) - MARGIN_MS);
    if (since !== null) this.#fillGap(since);
  }

  /** What came lately was too much to be looked at: what of it is stored is found there. */
  #fillLately(): void {
    const since = this.#horizons.before(performance.now() - MARGIN_MS);
    if (since !== null && !this.#filler.isBusy) this.#fillGap(since);
  }

  #fillGap(since: string): void {
    void this.#filler.fill(since).then(() => {
      if (!this.#isBroken) this.#options.onWhole();
    });
  }

  #onFound(event: StoredEvent, lsn: number): void {
    if (!this.#seen.has(event.id)) this.counts.filled++;
    this.#deliver(event, lsn);
  }

  /** While the channel is broken nothing is forgotten: the gap reaches back to before it broke. */
  #ageSeen(): void {
    if (!this.#isBroken) this.#seen.age();
  }
}
