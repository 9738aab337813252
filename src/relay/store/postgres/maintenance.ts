import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { Outage } from '../../outage.ts';
import type { StoreUsage } from '../store.ts';
import { preparePartitions, readUsage, refreshStatistics, removeExpired } from './housekeeping.ts';
import { parseLsn } from './lsn.ts';
import type { Replica } from './replica.ts';

/** What the maintenance of a store is given. */
export interface MaintenanceOptions {
  readonly primary: Pool;
  readonly replicas: readonly Replica[];
  readonly nowSeconds: () => number;
  /** Told the position in the log of the primary, twice a second. */
  readonly onAskingPosition: () => void;
  readonly onPosition: (lsn: number) => void;
  /** Told the epoch of the caches, as often. */
  readonly onEpoch: (epoch: string) => void;
  /** Told whether the primary answers. */
  readonly outage: Outage;
  readonly log: (text: string) => void;
}

/** Where the log of the primary ends, and the epoch of the caches. */
const STANDING = `select pg_current_wal_flush_lsn()::text as lsn,
  (select (last_value + is_called::int)::text from cache_epoch) as epoch`;
const CHECK_EVERY_MS = 500;
const STATISTICS_EVERY_MS = 1_000;
const TIDY_EVERY_MS = 10_000;
const PARTITIONS_EVERY_MS = 3_600_000;

/** Looks after the servers while a store is open: are they there, how far behind, what has expired. */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #stopping = new AbortController();
  readonly #loops: Promise<void>[] = [];
  /** How full the store is, as far as the statistics of the database tell. */
  usage: StoreUsage = { events: 0, bytes: null, limitBytes: null };
  /** Whether the primary answered when it was last asked. */
  isPrimaryUp = false;
  /** Position in the log of the primary when it was last asked. */
  primaryLsn = 0;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
  }

  /** Looks once at everything, then again and again. */
  async start(): Promise<void> {
    const { primary, nowSeconds } = this.#options;
    await this.#check();
    await this.#tidy();
    this.#repeat('asking Postgres where it stands', CHECK_EVERY_MS, () => this.#check());
    this.#repeat('refreshing the statistics', STATISTICS_EVERY_MS, () => this.#refreshStatistics());
    this.#repeat('removing what has expired', TIDY_EVERY_MS, () => this.#tidy());
    this.#repeat('making the partitions of coming months', PARTITIONS_EVERY_MS, () =>
      preparePartitions(primary, nowSeconds()),
    );
  }

  /** Stops; resolves when nothing is on its way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#loops);
  }

  #repeat(what: string, everyMs: number, work: () => Promise<void>): void {
    const { signal } = this.#stopping;
    const outage = new Outage(what, this.#options.log);
    const loop = async (): Promise<void> => {
      for (;;) {
        await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
        if (signal.aborted) return;
        await work().then(
          () => outage.answered(),
          (error) => outage.failed(error),
        );
      }
    };
    this.#loops.push(loop());
  }

  async #check(): Promise<void> {
    const { primary, replicas } = this.#options;
    this.#options.onAskingPosition();
    const asked = primary.query<{ lsn: string; epoch: string }>(STANDING).then(
      ({ rows }) => {
        this.primaryLsn = parseLsn(rows[0]?.lsn ?? '0/0');
        this.#options.onPosition(this.primaryLsn);
        this.#options.onEpoch(rows[0]?.epoch ?? '');
        this.isPrimaryUp = true;
        this.#options.outage.answered();
      },
      (error) => {
        this.isPrimaryUp = false;
        this.#options.outage.failed(error);
      },
    );
    await Promise.all([asked, ...replicas.map((replica) => replica.check())]);
  }

  async #refreshStatistics(): Promise<void> {
    if (this.isPrimaryUp) await refreshStatistics(this.#options.primary);
  }

  async #tidy(): Promise<void> {
    if (!this.isPrimaryUp) return;
    const { primary, nowSeconds } = this.#options;
    await removeExpired(primary, nowSeconds());
    this.usage = await readUsage(primary);
  }
}
