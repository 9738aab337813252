import type { ClientBase } from 'pg';
import { MIGRATIONS } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** Any number, the same for all relays: who migrates holds it. */
const MIGRATION_LOCK = 8_710_577;

/**
 * Brings the schema up to date. Safe to run from many relays at once: one does it, the others wait, and a step that
 * is done is never done again.
 */
export async function migrate(client: ClientBase): Promise<void> {
  await inLock(client, async () => {
    await client.query(
      `create table if not exists schema_migration (
         version integer primary key, name text not null, applied_at timestamptz not null default now())`,
    );
    const { rows } = await client.query<{ version: number }>('select version from schema_migration');
    const applied = new Set(rows.map(({ version }) => version));
    for (const { version, name, sql } of MIGRATIONS) {
      if (applied.has(version)) continue;
      await inTransaction(client, async () => {
        await client.query(sql);
        await client.query('insert into schema_migration (version, name) values ($1, $2)', [version, name]);
      });
    }
  });
}

/** Does something that only one session of the database may do at a time. */
export async function inLock<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    return await work();
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
}
