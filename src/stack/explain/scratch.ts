import type { Ask } from '../postgres/client.ts';

/** One way to store the sample, as temporary tables. */
export interface Layout {
  readonly name: 'asStored' | 'withoutIndexes' | 'withoutPartitions';
  readonly event: string;
  readonly tag: string;
}

interface Recipe extends Layout {
  readonly isPartitioned: boolean;
  readonly hasIndexes: boolean;
}

const recipe = (name: Layout['name'], isPartitioned: boolean, hasIndexes: boolean): Recipe => ({
  ...{ name, isPartitioned, hasIndexes },
  event: `scratch_${name.toLowerCase()}_event`,
  tag: `scratch_${name.toLowerCase()}_tag`,
});

/** The layout of the relays, and the two that lack one of its ideas. */
const RECIPES: readonly Recipe[] = [
  recipe('asStored', true, true),
  recipe('withoutIndexes', true, false),
  recipe('withoutPartitions', false, true),
];

/** Partitions of the relays' tables, with their bounds as SQL. */
const PARTITIONS = `
SELECT parent.relname AS parent, child.relname AS child, pg_get_expr(child.relpartbound, child.oid) AS bound
FROM pg_inherits JOIN pg_class parent ON parent.oid = inhparent JOIN pg_class child ON child.oid = inhrelid
WHERE parent.oid IN ('public.event'::regclass, 'public.tag'::regclass)`;

interface Partition {
  readonly parent: string;
  readonly child: string;
  readonly bound: string;
}

/**
 * Copies a sample of the stored events into temporary tables, once for each layout. Temporary tables belong to the
 * connection: however it ends, also when this process is killed, Postgres drops them, and nothing of them reaches the
 * log or the replicas.
 * @param ask of one connection to the primary
 * @param most events of the sample; ids are hashes, so the lowest are a fair draw from all months
 * @returns the layouts, and how many events the sample has
 */
export async function fillScratch(
  ask: Ask,
  most: number,
): Promise<{ layouts: readonly Layout[]; events: number }> {
  // Room for temporary tables; by default 8 MB, and the rest would be read from files.
  await ask(`SET temp_buffers = '256MB'`);
  await ask('SET jit = off');
  // A statement of a client that has gone is cut off.
  await ask(`SET client_connection_check_interval = '500ms'`);
  await ask(`CREATE TEMP TABLE scratch_sample AS SELECT * FROM public.event ORDER BY id LIMIT ${most}`);
  await ask(`CREATE TEMP TABLE scratch_tag AS
    SELECT t.* FROM public.tag t JOIN scratch_sample s USING (id, created_at)`);
  const partitions = await ask<Partition>(PARTITIONS);
  for (const each of RECIPES) await fillLayout(ask, each, partitions);
  const [counted] = await ask<{ n: number }>('SELECT count(*)::float8 AS n FROM scratch_sample');
  return { layouts: RECIPES, events: counted?.n ?? 0 };
}

async function fillLayout(ask: Ask, layout: Recipe, partitions: readonly Partition[]): Promise<void> {
  for (const [parent, table] of [['event', layout.event] as const, ['tag', layout.tag] as const]) {
    const copied = layout.hasIndexes ? 'INCLUDING ALL' : 'INCLUDING DEFAULTS';
    const range = layout.isPartitioned ? ' PARTITION BY RANGE (created_at)' : '';
    await ask(`CREATE TEMP TABLE ${table} (LIKE public.${parent} ${copied})${range}`);
    const months = layout.isPartitioned ? partitions.filter((partition) => partition.parent === parent) : [];
    for (const { child, bound } of months) {
      const suffix = child.slice(parent.length);
      await ask(`CREATE TEMP TABLE ${table}${suffix} PARTITION OF ${table} ${bound}`);
    }
    const sample = parent === 'event' ? 'scratch_sample' : 'scratch_tag';
    // As events arrive: those of one time lie together.
    await ask(`INSERT INTO ${table} SELECT * FROM ${sample} ORDER BY created_at`);
  }
  // Without it no relay could tell whether it has an event already.
  if (!layout.hasIndexes) await ask(`ALTER TABLE ${layout.event} ADD PRIMARY KEY (id, created_at)`);
  await ask(`VACUUM ANALYZE ${layout.event}, ${layout.tag}`);
}
