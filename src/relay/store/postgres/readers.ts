import type { Pool } from 'pg';
import { notAsked } from '../unavailable.ts';
import type { Statement } from './filter-sql.ts';
import { isTransient } from './postgres-errors.ts';
import type { Replica } from './replica.ts';

/** How long a query waits for a replica to catch up before it goes to the primary. */
const CATCH_UP_MAX_MS = 50;

/** What the reading side is given. */
export interface ReadersOptions {
  /** Pool of the primary, which is never behind. */
  readonly primary: Pool;
  /** None: everything is read from the primary. */
  readonly replicas: readonly Replica[];
}

/**
 * Sends queries to the replicas in turn. A replica that is behind what this relay has written or delivered is waited
 * for, shortly; then, and where none is healthy or one fails, the primary answers. So nobody misses what they have
 * just written, and a new subscription has no hole between its stored and its live events.
 */
export class Readers {
  readonly #options: ReadersOptions;
  #next = 0;
  #needed = 0;
  #lastCommit = 0;
  #lastPosition = 0;
  /** What others have told before and since the primary was last asked for its position. */
  #toldBefore = 0;
  #toldSince = 0;
  /** Queries that a replica has answered, and that the primary has. */
  readonly answered = { replica: 0, primary: 0 };

  constructor(options: ReadersOptions) {
    this.#options = options;
  }

  /** Later queries see everything up to this position of the log. */
  require(lsn: number): void {
    this.#needed = Math.max(this.#needed, lsn);
  }

  /** Position in the log after the last commit of this relay. */
  get lastCommit(): number {
    return this.#lastCommit;
  }

  /** This relay has committed something: later queries see it. */
  onCommit(lsn: number): void {
    // After a failover the log of the new primary may be shorter: what it does not have, nobody will ever see.
    if (lsn < this.#lastCommit) this.#needed = lsn;
    else this.require(lsn);
    this.#lastCommit = lsn;
  }

  /**
   * Another relay says that it has stored something up to here: later queries see it. Believed until the primary is asked
   * the next time: what was stored before is in its log by then, and who names a position beyond it keeps nobody away from
   * the replicas for longer.
   */
  requireTold(lsn: number): void {
    this.#toldSince = Math.max(this.#toldSince, lsn);
  }

  /** The primary is asked for its position; its answer goes to {@link onPosition}. */
  onAskingPosition(): void {
    this.#toldBefore = Math.max(this.#toldBefore, this.#toldSince);
    this.#toldSince = 0;
  }

  /**
   * The log of the primary reaches so far. Told again and again, this bounds how old what is read may be, also where no
   * other relay tells what it has stored.
   */
  onPosition(lsn: number): void {
    if (lsn < this.#lastPosition) this.#needed = Math.max(lsn, this.#lastCommit);
    else this.require(lsn);
    this.#lastPosition = lsn;
    this.#toldBefore = Math.min(this.#toldBefore, lsn);
  }

  /**
   * Runs a statement; rows come as arrays.
   * @throws StoreUnavailableError where no server answers
   */
  async query<Row extends unknown[]>(statement: Statement): Promise<readonly Row[]> {
    const replica = await this.#choose();
    if (replica !== null) {
      try {
        const rows = await run<Row>(replica.pool, statement);
        this.answered.replica++;
        return rows;
      } catch (error) {
        if (!isTransient(error)) throw error;
        await replica.check();
      }
    }
    this.answered.primary++;
    try {
      return await run<Row>(this.#options.primary, statement);
    } catch (error) {
      throw isTransient(error) ? notAsked(error) : error;
    }
  }

  async #choose(): Promise<Replica | null> {
    const healthy = this.#options.replicas.filter((replica) => replica.isHealthy);
    if (healthy.length === 0) return null;
    this.#next = (this.#next + 1) % healthy.length;
    const replica = healthy[this.#next] as Replica;
    const needed = Math.max(this.#needed, this.#toldBefore, this.#toldSince);
    return (await replica.hasReplayed(needed, CATCH_UP_MAX_MS)) ? replica : null;
  }
}

async function run<Row extends unknown[]>(pool: Pool, statement: Statement): Promise<Row[]> {
  const { rows } = await pool.query<Row>({ ...statement, values: [...statement.values], rowMode: 'array' });
  return rows;
}
