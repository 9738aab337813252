import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { Outage } from '../../outage.ts';
import { parseLsn } from './lsn.ts';
import { openReadPool, type ReadPoolOptions, serverName } from './pools.ts';

/** A replica whose last transaction is older than this is not read from. */
const LAG_MAX_S = 5;
/** Between two looks at a replica that has not caught up. */
const CATCH_UP_STEP_MS = 1;
/** One that was waited for in vain is not waited for again so soon. */
const BEHIND_MS = 500;

const POSITION = `
select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end::text as lsn,
  case when not pg_is_in_recovery() or pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
    else coalesce(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()), 0) end::float8 as lag_s`;

/** A server that is read from: how far it is behind the primary, and whether it answers. */
export class Replica {
  readonly name: string;
  readonly pool: Pool;
  #replayed = 0;
  #lagSeconds = 0;
  #answers = false;
  #checking: Promise<void> | null = null;
  #behindUntilMs = Number.NEGATIVE_INFINITY;
  readonly #outage: Outage;

  constructor(url: string, options: ReadPoolOptions, log: (text: string) => void) {
    this.name = serverName(url);
    this.#outage = new Outage(`reading from Postgres at ${this.name}`, log);
    this.pool = openReadPool(url, options, (error) => this.#outage.failed(error));
  }

  /** The position in the log up to which it has replayed, when it was last asked. */
  get replayed(): number {
    return this.#replayed;
  }

  /** Age of what it has received and not replayed, when it was last asked. */
  get lagSeconds(): number {
    return this.#lagSeconds;
  }

  /** Whether it answers and is not too far behind. */
  get isHealthy(): boolean {
    return this.#answers && this.#lagSeconds <= LAG_MAX_S;
  }

  /** Asks it for its position; those who ask at the same time share one answer. Never rejects. */
  check(): Promise<void> {
    this.#checking ??= this.#askPosition().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  /** Whether it has replayed the log up to `lsn`, now or within `waitMs`. */
  async hasReplayed(lsn: number, waitMs: number): Promise<boolean> {
    if (this.#replayed >= lsn) return true;
    if (performance.now() < this.#behindUntilMs) return false;
    const deadline = performance.now() + waitMs;
    while (this.#replayed < lsn) {
      await this.check();
      if (this.#replayed >= lsn) return true;
      if (!this.isHealthy) return false;
      if (performance.now() > deadline) {
        if (waitMs > 0) this.#behindUntilMs = performance.now() + BEHIND_MS;
        return false;
      }
      await delay(CATCH_UP_STEP_MS);
    }
    return true;
  }

  async #askPosition(): Promise<void> {
    try {
      const { rows } = await this.pool.query<{ lsn: string; lag_s: number }>({
        name: 'position',
        text: POSITION,
      });
      const [row] = rows;
      this.#replayed = row === undefined ? 0 : parseLsn(row.lsn);
      this.#lagSeconds = row?.lag_s ?? 0;
      this.#answers = row !== undefined;
      this.#outage.answered();
    } catch (error) {
      // It is not read from until it answers again.
      this.#answers = false;
      this.#outage.failed(error);
    }
  }
}
