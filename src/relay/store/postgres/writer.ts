import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg';
import type { AddOutcome } from '../store.ts';
import type { RemovedEvent } from '../stored-event.ts';
import { vanishKey } from './deletions.ts';
import { bytea } from './keys.ts';
import { parseLsn } from './lsn.ts';
import { type LockedRow, lockOwners } from './owner-locks.ts';
import { isConflict, isRefusal, isTransient } from './postgres-errors.ts';
import { Statements } from './statements.ts';
import { type BatchResult, copyBatch, type LastSent, type PreparedEvent, writeBatch } from './write-batch.ts';

/** A failover takes a second or less; one connection every tenth of a second costs nobody anything. */
const RETRY_FIRST_MS = 25;
const RETRY_MOST_MS = 100;

/** What the writing side tells. */
export interface WriterListener {
  /** A transaction was committed; the log of the primary reaches to `lsn`. */
  readonly onCommit: (lsn: number) => void;
  /** A transaction has failed and is tried again. */
  readonly onRetry: (error: unknown) => void;
}

/** What a {@link Writer} is given. */
export interface WriterOptions extends WriterListener {
  /** Batches of at least so many events are copied. */
  readonly copiedMin: number;
}

/** How long nothing is copied after that has failed: relays that store the same at the same time do so again and again. */
const NOT_COPIED_MS = 10_000;

const COMMIT = 'commit; select pg_current_wal_insert_lsn()::text as lsn';
const NEXT_TRANSACTION = 'select pg_snapshot_xmax(pg_current_snapshot())::text as transaction';

/** A transaction as one attempt sees it. */
interface Transaction<T> {
  readonly locks: QueryConfig;
  readonly work: (client: Statements) => Promise<LastSent<T>>;
}

/**
 * Writes to the primary: transactions that are tried again while the database restarts or fails over. Statements that
 * need no answer of those before them are sent together (the pool pipelines): each that waits costs two processes a
 * turn on a busy machine.
 */
export class Writer {
  readonly #pool: Pool;
  readonly #listener: WriterListener;
  readonly #copiedMin: number;
  /** Transactions that begin from now on have this number or a higher one. */
  #nextTransaction = 0n;
  /** Nothing is copied before, by the monotonic clock. */
  #copiedFromMs = 0;

  constructor(pool: Pool, { copiedMin, ...listener }: WriterOptions) {
    this.#pool = pool;
    this.#listener = listener;
    this.#copiedMin = copiedMin;
  }

  /** Has to come first. */
  async open(): Promise<void> {
    const { rows } = await this.#pool.query<LockedRow>(NEXT_TRANSACTION);
    this.#nextTransaction = BigInt(rows[0]?.transaction ?? 0);
  }

  /**
   * Stores events of different ids, see {@link writeBatch}.
   * @param deadlineMs what fails in passing is tried again until then, by the monotonic clock
   */
  async store(batch: readonly PreparedEvent[], deadlineMs: number): Promise<BatchResult> {
    // Where the connection fails after the commit was sent, nobody knows whether it took place: the next attempt looks
    // for what was stored since the first one began.
    const since = this.#nextTransaction;
    const locks = lockOwners(batch.map(({ event }) => event));
    const write = (client: Statements): Promise<LastSent<BatchResult>> => writeBatch(client, batch);
    const writeAgain = async (client: Statements): Promise<LastSent<BatchResult>> => {
      const { done } = await write(client);
      return { done: recognise(client, await done, since) };
    };
    return await this.#retry(deadlineMs, (attempt) => {
      if (attempt > 1) return this.#transact({ locks, work: writeAgain });
      if (!this.#mayCopy(batch)) return this.#transact({ locks, work: write });
      const copying = this.#transact({ locks, work: (client) => copyBatch(client, batch) });
      return copying.catch((error) => {
        this.#onNotCopied(error);
        // Where another relay was faster what is stored is stored by that one.
        return this.#transact({ locks, work: isConflict(error) ? write : writeAgain });
      });
    });
  }

  #mayCopy(batch: readonly PreparedEvent[]): boolean {
    return batch.length >= this.#copiedMin && performance.now() >= this.#copiedFromMs;
  }

  /**
   * Where the database refuses to copy, as it does when another relay has stored one of the events meanwhile, they are
   * inserted; so are those that come next.
   * @throws what passes, or is no refusal: it is tried again like anything else, or not
   */
  #onNotCopied(error: unknown): void {
    if (!isRefusal(error)) throw error;
    this.#copiedFromMs = performance.now() + NOT_COPIED_MS;
    if (isTransient(error)) throw error;
    if (!isConflict(error)) this.#listener.onRetry(error);
  }

  /** Obeys a request to vanish, see `EventStore.vanish` and {@link store}; returns the events that were removed. */
  async vanish(pubkey: string, untilSeconds: number, deadlineMs: number): Promise<readonly RemovedEvent[]> {
    const locks = lockOwners([], [pubkey]);
    const work = async (client: Statements): Promise<LastSent<readonly RemovedEvent[]>> => {
      const removed = await vanishKey(client, pubkey, untilSeconds);
      return { done: Promise.resolve(removed) };
    };
    return await this.#retry(deadlineMs, () => this.#transact({ locks, work }));
  }

  /** Counts the epoch of the caches on, see {@link store} for the deadline. */
  async beginEpoch(deadlineMs: number): Promise<void> {
    await this.#retry(deadlineMs, () => this.#pool.query("select nextval('cache_epoch')"));
  }

  async #transact<T>(transaction: Transaction<T>): Promise<T> {
    const client = await this.#pool.connect();
    let failure: Error | undefined;
    try {
      return await this.#transactWith(client, transaction);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      // A client that has failed is closed, which also rolls back.
      client.release(failure);
    }
  }

  async #transactWith<T>(client: PoolClient, { locks, work }: Transaction<T>): Promise<T> {
    const statements = new Statements(client);
    const begun = statements.query('begin');
    const locked = statements.query<LockedRow>(locks).then(({ rows }) => this.#onBegun(rows));
    const ended = work(statements).then(({ done }) => Promise.all([done, statements.query(COMMIT)]));
    const [, , [result, committed]] = await Promise.all([begun, locked, ended]).catch((error) => {
      throw statements.failure ?? error;
    });
    // Several statements in one query have several results, which the types of the library do not know.
    const results = committed as unknown as QueryResult<{ lsn: string }>[];
    this.#listener.onCommit(parseLsn(results.at(-1)?.rows[0]?.lsn ?? ''));
    return result;
  }

  #onBegun(rows: readonly LockedRow[]): void {
    const [row] = rows;
    if (row !== undefined) this.#nextTransaction = BigInt(row.transaction) + 1n;
  }

  /** @param work is told the number of the attempt, from 1 */
  async #retry<T>(deadlineMs: number, work: (attempt: number) => Promise<T>): Promise<T> {
    let pauseMs = RETRY_FIRST_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(attempt);
      } catch (error) {
        if (!isTransient(error) || performance.now() + pauseMs > deadlineMs) throw error;
        this.#listener.onRetry(error);
      }
      await delay(pauseMs);
      pauseMs = Math.min(2 * pauseMs, RETRY_MOST_MS);
    }
  }
}

/** Events that an earlier attempt has stored after all are no duplicates: nobody has been told of them. */
async function recognise(client: Statements, result: BatchResult, since: bigint): Promise<BatchResult> {
  const duplicates = [...result.outcomes].filter(([, outcome]) => outcome === 'duplicate').map(([id]) => id);
  const { rows } = await client.query<{ id: string }>(
    "select encode(id, 'hex') as id from event where id = any ($1::bytea[]) and txid >= $2::bigint",
    [duplicates.map(bytea), since.toString()],
  );
  const outcomes = new Map<string, AddOutcome>(result.outcomes);
  for (const { id } of rows) outcomes.set(id, 'stored');
  return { ...result, outcomes };
}
