import { Client, Pool, type PoolConfig } from 'pg';

/** A statement that takes longer than this is cancelled by the server. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** A server that says nothing for this long is taken for gone. */
const QUERY_TIMEOUT_MS = 12_000;

const COMMON: PoolConfig = {
  idleTimeoutMillis: 30_000,
  connectionTimeoutMillis: 2_000,
  statement_timeout: STATEMENT_TIMEOUT_MS,
  query_timeout: QUERY_TIMEOUT_MS,
  keepAlive: true,
  application_name: 'relay-bench relay',
};

/** Sizes of the pool that writes to the primary. */
const WRITE_POOL = { max: 20, min: 5 } as const;
/** Most connections that read from one server, where nothing else is said, and how many of them are kept. */
export const READ_POOL_MAX = 50;
const READ_POOL_MIN = 10;
/** Seconds after which a question is given up, where nothing else is said. */
export const QUERY_DEADLINE_S = 5;

/** A pool that reads. */
export interface ReadPoolOptions {
  /**
   * Most connections: a new one has every table and statement to learn, so that more of them than a server has cores for
   * make it slower just when it is behind.
   */
  readonly max: number;
  /** Seconds after which a statement is given up. */
  readonly queryDeadlineS: number;
}

/**
 * Settings of connections that read. Statements are planned once and not for their values, which would take longer than
 * most of them do; no plan is worth compiling.
 */
const READ_SETTINGS = '-c plan_cache_mode=force_generic_plan -c jit=off';

/**
 * Opens the pool that writes to the primary; nothing is connected yet. What is asked of a connection is sent at once,
 * also before it has answered what came before.
 * @param onError told about connections that fail while nobody uses them; unheard, they would end the process
 */
export function openWritePool(url: string, onError: (error: Error) => void): Pool {
  return openPool({ ...WRITE_POOL, pipeline: true, connectionString: url }, onError);
}

/**
 * Opens a pool that reads; nothing is connected yet.
 * @param onError as for {@link openWritePool}
 */
export function openReadPool(
  url: string,
  { max, queryDeadlineS }: ReadPoolOptions,
  onError: (error: Error) => void,
): Pool {
  const sizes = { max, min: Math.min(max, READ_POOL_MIN), statement_timeout: queryDeadlineS * 1_000 };
  return openPool({ ...sizes, options: READ_SETTINGS, connectionString: url }, onError);
}

function openPool(config: PoolConfig, onError: (error: Error) => void): Pool {
  const pool = new Pool({ ...COMMON, ...config });
  pool.on('error', onError);
  pool.on('connect', hearErrors);
  return pool;
}

/**
 * A connection that breaks tells its own listeners, besides the statements that it was asked; nobody listens while it is
 * lent out, and an unheard error ends the process. Those statements, or the next one, tell whoever uses it.
 */
function hearErrors(client: Pick<Client, 'on'>): void {
  client.on('error', () => undefined);
}

/**
 * Does something on a connection of its own that only its start has a deadline for: a change of the schema may look at
 * every row of a full database.
 */
export async function withPatientClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const { connectionTimeoutMillis, application_name } = COMMON;
  const client = new Client({ connectionString: url, connectionTimeoutMillis, application_name });
  hearErrors(client);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The server of a connection string as a label: `127.0.0.1:5432`, without user and password. */
export function serverName(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '5432' : port}`;
}
