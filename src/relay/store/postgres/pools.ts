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
/** Sizes of the pool that reads, one for each server that is read from. */
const READ_POOL = { max: 50, min: 10 } as const;

/**
 * Settings of connections that read. Statements are planned once and not for their values, which would take longer than
 * most of them do; no plan is worth compiling.
 */
const READ_SETTINGS = '-c plan_cache_mode=force_generic_plan -c jit=off';

/**
 * Opens a pool; nothing is connected yet.
 * @param onError told about connections that fail while nobody uses them; unheard, they would end the process
 */
export function openPool(url: string, use: 'write' | 'read', onError: (error: Error) => void): Pool {
  const sizes = use === 'write' ? WRITE_POOL : { ...READ_POOL, options: READ_SETTINGS };
  const pool = new Pool({ ...COMMON, ...sizes, connectionString: url });
  pool.on('error', onError);
  return pool;
}

/**
 * Does something on a connection of its own that only its start has a deadline for: a change of the schema may look at
 * every row of a full database.
 */
export async function withPatientClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const { connectionTimeoutMillis, application_name } = COMMON;
  const client = new Client({ connectionString: url, connectionTimeoutMillis, application_name });
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
