import { setTimeout as delay } from 'node:timers/promises';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { reasonOf } from './outage.ts';
import { serverName } from './store/postgres/pools.ts';
import { isTransient } from './store/postgres/postgres-errors.ts';
import type { PostgresStore } from './store/postgres/postgres-store.ts';

const RETRY_EVERY_MS = 250;

/** What the start of a store is given. */
export interface StoreStart {
  readonly store: Pick<PostgresStore, 'open'>;
  /** Connection string of the primary, for messages. */
  readonly url: string;
  readonly log: (text: string) => void;
  /** A later attempt has shown that the database can never be used. */
  readonly onFatal: (error: Error) => void;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
}

/**
 * Opens a store, again and again while the database is away or not ready. Resolves when it is open, or when the first
 * attempt has failed in a way that passes.
 * @throws RelayBenchError `RELAY_STORE_UNREACHABLE` (exit 3) where the first attempt shows that it can never be used
 */
export async function startStore(start: StoreStart): Promise<void> {
  const failure = await attempt(start);
  if (failure === null) return;
  start.log(`${failure.message}; waiting for it`);
  void goOn(start);
}

async function goOn(start: StoreStart): Promise<void> {
  const { log, onFatal, signal, url } = start;
  try {
    do {
      await delay(RETRY_EVERY_MS, undefined, { signal });
    } while ((await attempt(start)) !== null);
    log(`Postgres at ${serverName(url)} can be used`);
  } catch (error) {
    if (!signal.aborted) onFatal(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Null where it has succeeded, else what has failed in passing. */
async function attempt({ store, url }: StoreStart): Promise<RelayBenchError | null> {
  try {
    await store.open();
    return null;
  } catch (cause) {
    const failure = new RelayBenchError(`Postgres at ${serverName(url)} cannot be used: ${reasonOf(cause)}`, {
      code: 'RELAY_STORE_UNREACHABLE',
      hint: 'check that it runs, and that the user of --store may create tables',
      exitCode: EXIT.unreachable,
      cause,
    });
    if (isTransient(cause)) return failure;
    throw failure;
  }
}
