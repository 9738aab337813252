import { performance } from 'node:perf_hooks';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { Filter } from '../../../nostr/filter.ts';
import { DELETION_KIND, type Ordered, VANISH_KIND } from '../../../nostr/kinds.ts';
import { Outage } from '../../outage.ts';
import type { Work } from '../../work/work.ts';
import type { AddOutcome, AnswerPage, EventStore, LimitedFilter, Reader, StoreUsage } from '../store.ts';
import type { RemovedEvent, StoredEvent } from '../stored-event.ts';
import { notAnswered, notAsked } from '../unavailable.ts';
import { selectBatch } from './batch.ts';
import { before, inTime, unavailable } from './deadline.ts';
import { FirstWindows } from './first-windows.ts';
import { GroupCommit } from './group-commit.ts';
import { prepareSchema } from './housekeeping.ts';
import { Maintenance } from './maintenance.ts';
import { openWritePool, QUERY_DEADLINE_S, READ_POOL_MAX, serverName } from './pools.ts';
import { PostgresReads } from './postgres-reads.ts';
import { Readers } from './readers.ts';
import { Replica } from './replica.ts';
import { BATCHES, type PostgresStoreOptions } from './store-options.ts';
import { type PreparedEvent, prepareEvent } from './write-batch.ts';
import { Writer } from './writer.ts';

/**
 * A write is tried again for so long while the database restarts or fails over (which takes up to 3 s where the primary
 * hangs, and 6 s where it hangs and seems busy), and is answered then in any case. Clients give up after 10 s or so.
 */
const ANSWER_WITHIN_MS = 9_000;
/** Events that may wait to be stored; one more is answered `overloaded`. */
const QUEUE_MAX = 8_192;
/** Batches on their way at the same time: two wait for each other's locks, and each is smaller. */
const WRITERS = 1;
/** Ids of events that are known to be stored. */
const KNOWN_MAX = 100_000;

/**
 * Keeps events in Postgres. Writes are committed in groups on the primary, reads are spread over replicas. The state
 * of this class is a cache and a queue, so that many relays can share the database.
 */
export class PostgresStore implements EventStore {
  readonly #options: PostgresStoreOptions;
  readonly #primary: Pool;
  readonly #replicas: readonly Replica[];
  readonly #readers: Readers;
  readonly #writer: Writer;
  readonly #queue: GroupCommit<PreparedEvent, AddOutcome>;
  readonly #maintenance: Maintenance;
  readonly #firstWindows = new FirstWindows();
  readonly #known = new LRUCache<string, true>({ max: KNOWN_MAX });
  #isOpen = false;
  #isClosing = false;
  #onOpen: () => void = () => undefined;
  readonly #opened = new Promise<void>((resolve) => {
    this.#onOpen = resolve;
  });
  /** Told which events an answered request has removed or replaced; the answer waits for it. */
  onRemoved: (removed: readonly RemovedEvent[]) => Promise<void> = () => Promise.resolve();
  /** Told the epoch of the caches twice a second, while the primary answers. */
  onEpoch: (epoch: string) => void = () => undefined;
  /** Told the length of every batch. */
  onBatch: (events: number) => void = () => undefined;

  /**
   * Connects to nothing yet: before it is {@link open | opened} events wait, and whatever else is asked of it is answered with
   * an error.
   */
  constructor(options: PostgresStoreOptions) {
    const {
      url,
      replicaUrls,
      readPool = READ_POOL_MAX,
      queryDeadlineS = QUERY_DEADLINE_S,
      nowSeconds,
    } = options;
    const batches = { ...BATCHES, ...options.batches };
    // Connections that the server ends while they are closed are no news.
    const log = (text: string): void => {
      if (!this.#isClosing) options.log(text);
    };
    const outage = new Outage(`Postgres at ${serverName(url)}`, log);
    const onFailure = (error: unknown): void => outage.failed(error);
    this.#options = options;
    this.#primary = openWritePool(url, onFailure);
    const readUrls = replicaUrls.length === 0 ? [url] : replicaUrls;
    this.#replicas = readUrls.map((readUrl) => new Replica(readUrl, { max: readPool, queryDeadlineS }, log));
    this.#readers = new Readers({
      ...{ primary: this.#primary, replicas: this.#replicas, isReplicated: replicaUrls.length > 0 },
      places: readPool,
    });
    this.#writer = new Writer(this.#primary, {
      copiedMin: batches.copiedMin,
      onCommit: (lsn) => this.#readers.onCommit(lsn),
      onRetry: onFailure,
    });
    this.#queue = new GroupCommit({
      queueMax: QUEUE_MAX,
      writers: WRITERS,
      take: (waiting) => selectBatch(eventsOf(waiting), batches.max),
      commit: (batch, deadlineMs) => this.#commit(batch, deadlineMs),
      answerWithinMs: ANSWER_WITHIN_MS,
      lateError: (isOnItsWay) => (isOnItsWay && this.#isOpen ? notAnswered() : notAsked()),
    });
    this.#maintenance = new Maintenance({
      primary: this.#primary,
      replicas: this.#replicas,
      nowSeconds,
      onAskingPosition: () => this.#readers.onAskingPosition(),
      onPosition: (lsn) => this.#readers.onPosition(lsn),
      onEpoch: (epoch) => this.onEpoch(epoch),
      outage,
      log,
    });
  }

  /**
   * Connects, brings the schema up to date and looks at the replicas. Where that fails it may be tried again.
   * @throws the error of the database where it cannot be used
   */
  async open(): Promise<void> {
    const { url, nowSeconds, withoutIndexes = false } = this.#options;
    await prepareSchema(url, { nowSeconds: nowSeconds(), withoutIndexes });
    await this.#writer.open();
    await this.#maintenance.start();
    this.#isOpen = true;
    this.#onOpen();
  }

  /** Its servers, for the metrics. */
  get servers(): {
    readonly primary: Pool;
    readonly replicas: readonly Replica[];
    readonly readers: Readers;
  } {
    return { primary: this.#primary, replicas: this.#replicas, readers: this.#readers };
  }

  /** Position in the log of the primary when it was last asked. */
  get primaryLsn(): number {
    return this.#maintenance.primaryLsn;
  }

  /** Position in the log of the primary after the last commit of this relay. */
  get lastCommit(): number {
    return this.#readers.lastCommit;
  }

  /** Events that wait for a batch. */
  get queueDepth(): number {
    return this.#queue.queueDepth;
  }

  knows(id: string): boolean {
    return this.#known.has(id);
  }

  add(event: StoredEvent): Promise<AddOutcome> {
    // What is refused costs nothing: the rows of an event are computed for events that may wait.
    if (this.#queue.queueDepth >= QUEUE_MAX) return Promise.resolve('overloaded');
    return this.#queue.add(prepareEvent(event)) ?? Promise.resolve('overloaded');
  }

  async query(
    filters: readonly LimitedFilter[],
    reader?: Reader,
    work?: Work,
  ): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const page of this.pages(filters, reader, work)) events.push(...page.events);
    return events;
  }

  pages(filters: readonly LimitedFilter[], reader?: Reader, work?: Work): AsyncGenerator<AnswerPage> {
    return this.#readsFor(reader, work).pages(filters);
  }

  async count(filters: readonly Filter[], reader?: Reader, work?: Work): Promise<number> {
    return await this.#readsFor(reader, work).count(filters);
  }

  async list(filter: Filter, max: number, reader?: Reader, work?: Work): Promise<readonly Ordered[] | null> {
    return await this.#readsFor(reader, work).list(filter, max);
  }

  async vanish(pubkey: string, untilSeconds: number): Promise<void> {
    this.#requireOpen();
    const deadlineMs = performance.now() + ANSWER_WITHIN_MS;
    const vanishing = this.#writer.vanish(pubkey, untilSeconds, deadlineMs).catch(unavailable);
    const removed = await before(deadlineMs, vanishing);
    this.#known.clear();
    await this.#onRemoved(removed);
  }

  /**
   * Another relay has stored an event: it may have removed what is known here, and queries from now on must see it.
   * @param lsn position in the log of the primary
   */
  onStoredElsewhere(event: StoredEvent, lsn: number): void {
    this.#readers.requireTold(lsn);
    if (event.kind === VANISH_KIND) this.#known.clear();
    if (event.kind !== DELETION_KIND) return;
    for (const [name, value] of event.tags) if (name === 'e') this.#known.delete(value);
  }

  /** Another relay has removed events: queries from now on must not see them. */
  onRemovedElsewhere(lsn: number): void {
    this.#readers.requireTold(lsn);
  }

  /**
   * Begins a new epoch of the caches: what any relay has kept is not believed any more.
   * @throws the error of the database where that fails
   */
  async beginEpoch(): Promise<void> {
    await this.#writer.beginEpoch(performance.now() + ANSWER_WITHIN_MS);
  }

  /** Forgets what it has learned about stored events: the database was changed by something else. */
  forget(): void {
    this.#known.clear();
  }

  usage(): StoreUsage {
    return this.#maintenance.usage;
  }

  isReady(): boolean {
    return this.#isOpen && this.#maintenance.isPrimaryUp;
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    this.#isClosing = true;
    await this.#maintenance.stop();
    await Promise.all([this.#primary.end(), ...this.#replicas.map(({ pool }) => pool.end())]);
  }

  #requireOpen(): void {
    if (!this.#isOpen) throw notAsked();
  }

  #readsFor(reader: Reader | undefined, work: Work | undefined): PostgresReads {
    const asking = { nowSeconds: this.#options.nowSeconds(), reader };
    const requireOpen = (): void => this.#requireOpen();
    const [readers, firstWindows] = [this.#readers, this.#firstWindows];
    return new PostgresReads({ readers, firstWindows, requireOpen, asking, work });
  }

  async #commit(batch: readonly PreparedEvent[], deadlineMs: number): Promise<readonly AddOutcome[]> {
    // A relay that has just started has clients already, and their events wait as they do while the database fails over.
    if (!this.#isOpen) await inTime(this.#opened);
    this.onBatch(batch.length);
    const unique = new Map(batch.map((prepared) => [prepared.event.id, prepared]));
    const storing = this.#writer.store([...unique.values()], deadlineMs);
    const { outcomes, removed } = await storing.catch(unavailable);
    for (const [id, { event }] of unique) this.#remember(event, outcomes.get(id));
    if (removed.length > 0) await this.#onRemoved(removed);
    const answered = new Set<string>();
    return batch.map(({ event: { id } }) => {
      const outcome = outcomes.get(id) ?? 'duplicate';
      const isRepeated = answered.size === answered.add(id).size;
      return isRepeated && outcome === 'stored' ? 'duplicate' : outcome;
    });
  }

  async #onRemoved(removed: readonly RemovedEvent[]): Promise<void> {
    for (const { id } of removed) this.#known.delete(id);
    await this.onRemoved(removed);
  }

  /** Only what never goes by itself is remembered: nothing replaces it, and it does not expire. */
  #remember(event: StoredEvent, outcome: AddOutcome | undefined): void {
    const isPermanent = event.address === null && event.expiresAt === Number.POSITIVE_INFINITY;
    if (isPermanent && (outcome === 'stored' || outcome === 'duplicate')) this.#known.set(event.id, true);
  }
}

function* eventsOf(batch: Iterable<PreparedEvent>): Iterable<StoredEvent> {
  for (const { event } of batch) yield event;
}
