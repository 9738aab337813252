import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient, QueryResult } from 'pg';
import type { AddOutcome } from '../store.ts';
import type { RemovedEvent } from '../stored-event.ts';
import { vanishKey } from './deletions.ts';
import { bytea } from './keys.ts';
import { parseLsn } from './lsn.ts';
import { beginWithLocks } from './owner-locks.ts';
import { isTransient } from './postgres-errors.ts';
import { type BatchResult, type PreparedEvent, writeBatch } from './write-batch.ts';

/** A batch is tried again for this long; the answer then is that the outcome is unknown. */
const RETRY_FOR_MS = 8_000;
const RETRY_FIRST_MS = 50;
const RETRY_MOST_MS = 500;

/** What the writing side tells. */
export interface WriterListener {
  /** A transaction was committed; the log of the primary reaches to `lsn`. */
  readonly onCommit: (lsn: number) => void;
  /** A transaction has failed and is tried again. */
  readonly onRetry: (error: unknown) => void;
}

/** A transaction as one attempt sees it. */
interface Attempt<T> {
  readonly begin: string;
  readonly work: (client: PoolClient) => Promise<T>;
}

/** Writes to the primary: transactions that are tried again while the database restarts or fails over. */
export class Writer {
  readonly #pool: Pool;
  readonly #listener: WriterListener;

  constructor(pool: Pool, listener: WriterListener) {
    this.#pool = pool;
    this.#listener = listener;
  }

  /** Stores events of different ids, see {@link writeBatch}. */
  async store(batch: readonly PreparedEvent[]): Promise<BatchResult> {
    const attempted: string[] = [];
    const begin = beginWithLocks(batch.map(({ event }) => event));
    const work = async (client: PoolClient): Promise<BatchResult> => {
      const result = await writeBatch(client, batch);
      return attempted.length === 0 ? result : await recognise(client, result, attempted);
    };
    return await this.#retry(() => this.#transact({ begin, work }, attempted));
  }

  /** Obeys a request to vanish, see `EventStore.vanish`; returns the events that were removed. */
  async vanish(pubkey: string, untilSeconds: number): Promise<readonly RemovedEvent[]> {
    const begin = beginWithLocks([], [pubkey]);
    const work = (client: PoolClient): Promise<readonly RemovedEvent[]> =>
      vanishKey(client, pubkey, untilSeconds);
    return await this.#retry(() => this.#transact({ begin, work }, []));
  }

  /**
   * One attempt. Where the connection fails after the commit was sent, nobody knows whether it took place: the
   * transaction is noted in `attempted`, and the next attempt looks for it.
   */
  async #transact<T>({ begin, work }: Attempt<T>, attempted: string[]): Promise<T> {
    const client = await this.#pool.connect();
    let failure: Error | undefined;
    try {
      const started = (await client.query(
        `${begin}; select pg_current_xact_id()::text as id`,
      )) as unknown as QueryResult[];
      const result = await work(client);
      attempted.push(textOf(started));
      const committed = await client.query('commit; select pg_current_wal_insert_lsn()::text as lsn');
      this.#listener.onCommit(parseLsn(textOf(committed as unknown as QueryResult[])));
      return result;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      // A client that has failed is closed, which also rolls back.
      client.release(failure);
    }
  }

  async #retry<T>(attempt: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + RETRY_FOR_MS;
    for (let pauseMs = RETRY_FIRST_MS; ; pauseMs = Math.min(2 * pauseMs, RETRY_MOST_MS)) {
      try {
        return await attempt();
      } catch (error) {
        if (!isTransient(error) || performance.now() + pauseMs > deadline) throw error;
        this.#listener.onRetry(error);
      }
      await delay(pauseMs);
    }
  }
}

/** The only value of the last of several statements. */
function textOf(results: readonly QueryResult[]): string {
  const row = results.at(-1)?.rows[0] as Readonly<Record<string, string>>;
  return Object.values(row)[0] ?? '';
}

/** Events that an earlier attempt has stored after all are no duplicates: nobody has been told of them. */
async function recognise(
  client: PoolClient,
  result: BatchResult,
  attempted: readonly string[],
): Promise<BatchResult> {
  const duplicates = [...result.outcomes].filter(([, outcome]) => outcome === 'duplicate').map(([id]) => id);
  const { rows } = await client.query<{ id: string }>(
    "select encode(id, 'hex') as id from event where id = any ($1::bytea[]) and txid = any ($2::bigint[])",
    [duplicates.map(bytea), attempted],
  );
  const outcomes = new Map<string, AddOutcome>(result.outcomes);
  for (const { id } of rows) outcomes.set(id, 'stored');
  return { ...result, outcomes };
}
