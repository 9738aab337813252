import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type Pool, Query } from 'pg';
import { Admission, type Asked, askedByRelay } from '../../work/admission.ts';
import { notAsked, tooSlow } from '../unavailable.ts';
import { askCancellably } from './cancelling.ts';
import type { Statement } from './filter-sql.ts';
import { PageQuery } from './page-query.ts';
import { READ_POOL_MAX } from './pools.ts';
import { isTimeout, isTransient } from './postgres-errors.ts';
import type { Replica } from './replica.ts';
import { Standing } from './standing.ts';

/** How long a query waits for a replica to catch up before it goes to the primary. */
const CATCH_UP_MAX_MS = 20;
/** How long a question waits while the database fails over, from its coming on. */
const PATIENCE_MS = 3_000;
const RETRY_MS = 50;
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
  /** False where what is called a replica here is the primary, through a pool that reads; default true. */
  readonly isReplicated?: boolean;
  /** Connections that read from each replica; default 50. */
  readonly places?: number;
  /** How long a question waits while no server answers, in milliseconds; default 3 s. */
  readonly patienceMs?: number;
}

/** Who may answer a question: anybody, or the primary alone, which is never behind. */
type Answerer = 'anybody' | 'primary';

/**
 * Sends queries to the replicas in turn. A replica that is behind what this relay has written or delivered is waited
 * for, shortly; then, and where one fails, the others are asked, and at last the primary. So nobody misses what they have
 * just written, and a new subscription has no hole between its stored and its live events. Where nobody answers, the
 * question waits for a failover to end.
 */
export class Readers {
  readonly #options: ReadersOptions;
  readonly #admission: Admission;
  /** Questions so far: each begins at another replica than the one before. */
  #turn = 0;
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

  /** Queries that wait because every connection that reads is in use. */
  get waiting(): number {
    return this.#admission.waitingForPlace;
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
   * @param standing of the question that it is part of
   * @throws StoreUnavailableError where no server answers, or not in time
   * @throws CancelledError where it was cancelled; a server that works on it is told
   */
  async query<Row extends unknown[]>(
    statement: Statement,
    asked = askedByRelay(),
    standing = new Standing(),
  ): Promise<readonly Row[]> {
    const ask: Ask<Row> = (pool) => this.#run<Row>(pool, statement, asked);
    return (await this.#ask<Row>({ asked, who: 'anybody', standing }, ask)).rows;
  }

  /** The same of the primary, for what replicas may not have yet. @throws StoreUnavailableError at once where it is away */
  async queryPrimary<Row extends unknown[]>(
    statement: Statement,
    asked = askedByRelay(),
  ): Promise<readonly Row[]> {
    const ask: Ask<Row> = (pool) => this.#run<Row>(pool, statement, asked);
    return (await this.#ask<Row>({ asked, who: 'primary', standing: new Standing() }, ask)).rows;
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
    standing = new Standing(),
  ): Promise<Page<Row>> {
    const ask: Ask<Row> = (pool) => this.#run<Row>(pool, statement, asked, maxBytes);
    return this.#ask<Row>({ asked, who: 'anybody', standing }, ask);
  }

  async #ask<Row extends unknown[]>({ asked, who, standing }: Asking, ask: Ask<Row>): Promise<Page<Row>> {
    const { patienceMs = PATIENCE_MS } = this.#options;
    const lateMs = performance.now() + (who === 'anybody' ? patienceMs : 0);
    // A replica is waited for before a place is taken: others may use it meanwhile.
    const first = who === 'anybody' ? await this.#choose(standing) : [];
    return await this.#admission.run(asked, () => this.#askUntil({ lateMs, first, standing }, ask));
  }

  /** Who was let in too late for that is still asked once. */
  async #askUntil<Row extends unknown[]>(
    { lateMs, first, standing }: Trying,
    ask: Ask<Row>,
  ): Promise<Page<Row>> {
    for (let replicas = first; ; replicas = await this.#choose(standing)) {
      try {
        return await this.#askOne(replicas, standing, ask);
      } catch (error) {
        if (!isTransient(error)) throw orTooSlow(error);
        this.#admission.slowStart();
        if (performance.now() + RETRY_MS > lateMs) throw notAsked(error);
      }
      await delay(RETRY_MS);
    }
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

  /** @param replicas of which the first is known to be up to date */
  async #askOne<Row extends unknown[]>(
    replicas: readonly Replica[],
    standing: Standing,
    ask: Ask<Row>,
  ): Promise<Page<Row>> {
    for (const [index, replica] of replicas.entries()) {
      const required = standing.required(replica, this.#required);
      if (index > 0 && !(await replica.hasReplayed(required, 0))) continue;
      const page = await this.#askReplica(replica, ask);
      if (page === null) continue;
      standing.onAnswered(replica, required);
      return { ...page, isOfReplica: this.#options.isReplicated ?? true };
    }
    this.answered.primary++;
    const page = await ask(this.#options.primary);
    standing.onAnswered(this.#options.primary, this.#required);
    return page;
  }

  /** Null where it has failed in a way that passes: somebody else may answer. */
  async #askReplica<Row extends unknown[]>(replica: Replica, ask: Ask<Row>): Promise<Page<Row> | null> {
    try {
      const page = await ask(replica.pool);
      this.answered.replica++;
      return page;
    } catch (error) {
      if (!isTransient(error)) throw orTooSlow(error);
      // A new connection has every table and statement to learn.
      this.#admission.slowStart();
      await replica.check();
      return null;
    }
  }

  /** The position of the log that an answer has to have seen. */
  get #required(): number {
    return Math.max(this.#needed, this.#toldBefore, this.#toldSince);
  }

  /** The healthy replicas in turn, from the first that is up to date; none where no one is, or is so in a moment. */
  async #choose(standing: Standing): Promise<readonly Replica[]> {
    const healthy = this.#options.replicas.filter((replica) => replica.isHealthy);
    const inTurn = standing.inTurn(healthy, () => this.#turn++);
    for (const [index, replica] of inTurn.entries()) {
      const waitMs = index === 0 ? CATCH_UP_MAX_MS : 0;
      const required = standing.required(replica, this.#required);
      if (await replica.hasReplayed(required, waitMs)) return inTurn.slice(index);
    }
    return [];
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
  /** Whether a replica has answered, which may not have what was stored by another relay a moment ago. */
  readonly isOfReplica?: boolean;
}

type Ask<Row extends unknown[]> = (pool: Pool) => Promise<Page<Row>>;

/** Of whom something is asked, for whom, and as what part of which question. */
interface Asking {
  readonly asked: Asked;
  readonly who: Answerer;
  readonly standing: Standing;
}

/** How long and where something is tried. */
interface Trying {
  readonly lateMs: number;
  /** The replicas that are asked first. */
  readonly first: readonly Replica[];
  readonly standing: Standing;
}
