import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, connectAdmin } from '../postgres/client.ts';
import type { Service } from '../state.ts';

/** What a Postgres said last. */
export interface DatabaseAnswer {
  readonly isReplica: boolean;
  /** Bytes of the log that it has received (replica) or written (primary). */
  readonly walBytes: number;
  /** Whether a replica receives the log of a primary. */
  readonly isStreaming: boolean;
}

const POLL_MS = 100;
const QUERY_TIMEOUT_MS = 1_000;
/** For so long what a server said last is believed, and through one failure: connections may be cut. */
const RECENT_MS = 1_000;
const FAILURES_MAX = 1;

const QUESTION = `SELECT pg_is_in_recovery() AS replica,
  pg_wal_lsn_diff(
    CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
         ELSE pg_current_wal_lsn() END, '0/0')::float8 AS wal,
  EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streaming`;

interface Row {
  readonly replica: boolean;
  readonly wal: number;
  readonly streaming: boolean;
}

/** Opens a connection to a Postgres. @throws Error of the driver */
type Connect = (node: Service) => Promise<Admin>;

const connectQuickly: Connect = (node) =>
  connectAdmin(node, { queryTimeoutMs: QUERY_TIMEOUT_MS, connectTimeoutMs: QUERY_TIMEOUT_MS });

/** Asks one Postgres ten times a second what it is, over one connection that it keeps. */
export class DatabaseWatch {
  readonly node: Service;
  readonly #connect: Connect;
  #answer: DatabaseAnswer | null = null;
  #answeredMs = performance.now();
  #failures = 0;
  /** Shared by those who ask at the same time, from the moment when it is opened. */
  #admin: Promise<Admin> | null = null;
  #isEnded = false;

  /** @param connect tests pass their own */
  constructor(node: Service, connect: Connect = connectQuickly) {
    this.node = node;
    this.#connect = connect;
    void this.#run();
  }

  /** Whether it has ever answered. */
  get hasAnswered(): boolean {
    return this.#answer !== null;
  }

  /** The last answer; null before the first one, and where it is old or the server has failed since more than once. */
  get recent(): DatabaseAnswer | null {
    return this.#failures > FAILURES_MAX || this.silentMs > RECENT_MS ? null : this.#answer;
  }

  /** Milliseconds since the last answer, or since watching began. */
  get silentMs(): number {
    return performance.now() - this.#answeredMs;
  }

  /** Asks once more, outside the rhythm. @throws Error of the driver, or where watching has ended */
  async askNow(): Promise<DatabaseAnswer> {
    if (this.#isEnded) throw new Error(`${this.node.name} is no longer watched`);
    this.#admin ??= this.#connect(this.node);
    const admin = await this.#admin;
    const [row] = await admin.ask<Row>(QUESTION);
    if (row === undefined) throw new Error('no answer');
    this.#answer = { isReplica: row.replica, walBytes: row.wal, isStreaming: row.streaming };
    this.#answeredMs = performance.now();
    this.#failures = 0;
    return this.#answer;
  }

  end(): void {
    this.#isEnded = true;
    void this.#disconnect();
  }

  async #run(): Promise<void> {
    while (!this.#isEnded) {
      try {
        await this.askNow();
      } catch {
        // Silence is the message: `recent` and `silentMs` carry it to whoever decides.
        this.#failures++;
        void this.#disconnect();
      }
      await sleep(POLL_MS);
    }
  }

  async #disconnect(): Promise<void> {
    const opened = this.#admin;
    this.#admin = null;
    try {
      await (await opened)?.end();
    } catch {
      // It was never open, or the server is gone or hangs: there is nobody to take leave of.
    }
  }
}
