import type { ClientBase } from 'pg';
import { inLock } from './migrate.ts';
import { INLINE_MAX_BYTES, PARTITIONED, UNSAMPLED_COLUMNS } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** A month of UTC as a partition: [from, to) in Unix seconds. */
interface Month {
  /** `2026_06`. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Part of the rows that may be dead, or new and unseen by the planner, before autovacuum looks at a partition. */
const AUTOVACUUM_SHARE = 0.01;
/**
 * So many besides: each look makes every connection plan its statements anew, of a dozen partitions each, which of a month that
 * has just begun would be every few seconds. What the plans need to know is told by `refreshStatistics` while the tables are small.
 */
const AUTOVACUUM_NEW_ROWS = 10_000;
const AUTOVACUUM_DEAD_ROWS = 1_000;

function monthsBetween(fromSeconds: number, toSeconds: number): Month[] {
  const first = new Date(fromSeconds * 1_000);
  const months: Month[] = [];
  for (let offset = 0; ; offset++) {
    const from = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + offset) / 1_000;
    if (from > toSeconds) return months;
    const to = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + offset + 1) / 1_000;
    months.push({ name: new Date(from * 1_000).toISOString().slice(0, 7).replace('-', '_'), from, to });
  }
}

/**
 * Makes sure that the months from one second to another have partitions of their own; events of other months are in
 * the default partition. What the default holds of a new month moves, in the same transaction.
 * @returns how many months were added
 */
export async function ensureMonths(
  client: ClientBase,
  fromSeconds: number,
  toSeconds: number,
): Promise<number> {
  const months = monthsBetween(fromSeconds, toSeconds);
  const { rows } = await client.query<{ relname: string }>(
    "select relname from pg_class where relkind = 'r' and relname like 'event\\_2%'",
  );
  const existing = new Set(rows.map(({ relname }) => relname));
  const missing = months.filter(({ name }) => !existing.has(`event_${name}`));
  // Looked at again inside the lock: another relay may have been faster.
  for (const month of missing) await inLock(client, () => addMonth(client, month));
  return missing.length;
}

async function addMonth(client: ClientBase, { name, from, to }: Month): Promise<void> {
  const exists = await client.query('select to_regclass($1) is not null as yes', [`event_${name}`]);
  if ((exists.rows[0] as { yes: boolean }).yes) return;
  const statements = PARTITIONED.map((table) => {
    const partition = `${table}_${name}`;
    const unsampled = UNSAMPLED_COLUMNS[table].map(
      (column) => `alter table ${partition} alter column ${column} set statistics 0;`,
    );
    return `
      create table ${partition} (like ${table} including defaults);
      with moved as (
        delete from ${table}_default where created_at >= ${from} and created_at < ${to} returning *
      ) insert into ${partition} select * from moved;
      alter table ${table} attach partition ${partition} for values from (${from}) to (${to});
      alter table ${partition} set (
        toast_tuple_target = ${INLINE_MAX_BYTES},
        autovacuum_vacuum_threshold = ${AUTOVACUUM_DEAD_ROWS},
        autovacuum_vacuum_scale_factor = ${AUTOVACUUM_SHARE},
        autovacuum_vacuum_insert_threshold = ${AUTOVACUUM_NEW_ROWS},
        autovacuum_vacuum_insert_scale_factor = ${AUTOVACUUM_SHARE},
        autovacuum_analyze_threshold = ${AUTOVACUUM_NEW_ROWS},
        autovacuum_analyze_scale_factor = ${AUTOVACUUM_SHARE});
      ${unsampled.join('\n')}`;
  });
  await inTransaction(client, () => client.query(statements.join('\n')));
}
