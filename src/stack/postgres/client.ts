import { Client } from 'pg';
import { secretsOf } from '../secrets.ts';
import { portOf, type Service } from '../state.ts';
import { DATABASE, SUPERUSER } from './settings.ts';

const CONNECT_TIMEOUT_MS = 2_000;

/** A query and its parameters. */
export type Ask = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** An open connection of the superuser. */
export interface Admin {
  readonly ask: Ask;
  end(): Promise<void>;
}

export interface AdminOptions {
  readonly database?: string;
  /** Bounds each query; default 30 s. */
  readonly queryTimeoutMs?: number;
  /** Bounds connecting; default 2 s. */
  readonly connectTimeoutMs?: number;
}

/** Connects to a Postgres as its superuser, through its socket. @throws Error of the driver */
export async function connectAdmin(node: Service, options: AdminOptions = {}): Promise<Admin> {
  const client = new Client({
    host: node.dir,
    port: portOf(node, 'sql'),
    user: SUPERUSER,
    password: secretsOf(node).postgres[SUPERUSER],
    database: options.database ?? 'postgres',
    application_name: 'relay-bench',
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    query_timeout: options.queryTimeoutMs ?? 30_000,
  });
  // A connection that breaks between two queries is told here; the next query tells the caller.
  client.on('error', () => undefined);
  await client.connect();
  return {
    ask: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(sql, [...values])).rows,
    end: () => client.end(),
  };
}

/** Opens a connection for one piece of work and closes it. */
export async function withAdmin<T>(
  node: Service,
  work: (ask: Ask) => Promise<T>,
  options: AdminOptions = {},
): Promise<T> {
  const admin = await connectAdmin(node, options);
  try {
    return await work(admin.ask);
  } finally {
    await admin.end();
  }
}

/** As {@link withAdmin}, in the relays' database. */
export function inDatabase<T>(
  node: Service,
  work: (ask: Ask) => Promise<T>,
  options: Omit<AdminOptions, 'database'> = {},
): Promise<T> {
  return withAdmin(node, work, { ...options, database: DATABASE });
}
