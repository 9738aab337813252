import { type Pool, Query } from 'pg';
import { Admission, type Asked, askedByRelay } from '../../work/admission.ts';
import { notAsked, tooSlow } from '../unavailable.ts';
import { askCancellably } from './cancelling.ts';
import type { Statement } from './filter-sql.ts';
import { PageQuery } from './page-query.ts';
import { READ_POOL_MAX } from './pools.ts';
import { isTimeout, isTransient } from './postgres-errors.ts';
import type { Replica } from './replica.ts';

/** How long a query waits for a replica to catch up before it goes to the primary. */
const CATCH_UP_MAX_MS = 50;
/** Statements of one client at the same time. */
const PER_CLIENT = 4;
/**
 * Statements of all clients that use the database for long, at the same time: a part of all, and no more than two, which is
 * about what two cores can do.
 */
const COSTLY_SHARE = 1 / 4;
const COSTLY_PLACES_MAX = 2;

/** What the reading side is given. */
export interface ReadersOptions {
  /** Pool of the primary, which is never behind. */
  readonly primary: Pool;
  /** None: everything is read from the primary. */
  readonly replicas: readonly Replica[];
  /** Connections that read from each replica; default 50. */
  readonly places?: number;
}

/**
 * Sends queries to the replicas in turn. A replica that is behind what this relay has written or delivered is waited
 * for, shortly; then, and where none is healthy or one fails, the primary answers. So nobody misses what they have
 * just written, and a new subscription has no hole between its stored and its live events.
 */
export class Readers {
  readonly #options: ReadersOptions;
  readonly #admission: Admission;
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
    const { places = READ_POOL_MAX, replicas } = options;
    this.#admission = new Admission({
      places: places * Math.max(1, replicas.length),
      perClient: PER_CLIENT,
      costlyPlaces: Math.max(1, Math.min(COSTLY_PLACES_MAX, Math.floor(places * COSTLY_SHARE))),
    });
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
   * @param asked for whom: clients have their turns, and share what the database can do
   * @throws StoreUnavailableError where no server answers, or not in time
   * @throws CancelledError where it was cancelled; a server that works on it is told
   */
  async query<Row extends unknown[]>(statement: Statement, asked = askedByRelay()): Promise<readonly Row[]> {
    return (await this.#ask<Row>(asked, (pool) => this.#run<Row>(pool, statement, asked))).rows;
  }

  /**
   * The same, but for a part of the rows where all of them are more than so many bytes.
   * @throws StoreUnavailableError where no server answers, or not in time
   * @throws CancelledError where it was cancelled; a server that works on it is told
   */
  page<Row extends unknown[]>(
    statement: Statement,
    maxBytes: number,
    asked = askedByRelay(),
  ): Promise<Page<Row>> {
    return this.#ask<Row>(asked, (pool) => this.#run<Row>(pool, statement, asked, maxBytes));
  }

  /** A replica is waited for before a place is taken: others may use it meanwhile. */
  async #ask<Row extends unknown[]>(asked: Asked, ask: Ask<Row>): Promise<Page<Row>> {
    const replica = await this.#choose();
    return await this.#admission.run(asked, () => this.#askOne(replica, ask));
  }

  /** Connections of the primary send statements ahead: they answer in one piece, and are not told to stop. */
  async #run<Row extends unknown[]>(
    pool: Pool,
    statement: Statement,
    asked: Asked,
    maxBytes?: number,
  ): Promise<Page<Row>> {
    const config = { ...statement, values: [...statement.values], rowMode: 'array' as const };
    if (pool === this.#options.primary) return { rows: (await pool.query<Row>(config)).rows, isCut: false };
    if (maxBytes === undefined)
      return { rows: await askCancellably<Row>(pool, new Query(config), asked), isCut: false };
    const query = new PageQuery(statement, maxBytes);
    const rows = await askCancellably<Row>(pool, query, asked);
    return { rows, isCut: query.isCut };
  }

  async #askOne<Row extends unknown[]>(replica: Replica | null, ask: Ask<Row>): Promise<Page<Row>> {
    const page = replica === null ? null : await this.#askReplica(replica, ask);
    if (page !== null) return page;
    this.answered.primary++;
    return await ask(this.#options.primary).catch((error: unknown) => {
      throw isTransient(error) ? notAsked(error) : orTooSlow(error);
    });
  }

  /** Null where it has failed in a way that passes: somebody else may answer. */
  async #askReplica<Row extends unknown[]>(replica: Replica, ask: Ask<Row>): Promise<Page<Row> | null> {
    try {
      const page = await ask(replica.pool);
      this.answered.replica++;
      return page;
    } catch (error) {
      if (!isTransient(error)) throw orTooSlow(error);
      await replica.check();
      return null;
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

/** What clients are told where the database has given a question up. */
function orTooSlow(error: unknown): unknown {
  return isTimeout(error) ? tooSlow(error) : error;
}

/** Rows, and whether there may be more of them. */
export interface Page<Row extends unknown[]> {
  readonly rows: readonly Row[];
  readonly isCut: boolean;
}

type Ask<Row extends unknown[]> = (pool: Pool) => Promise<Page<Row>>;
