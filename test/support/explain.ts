import type { Client } from 'pg';
import type { Statement } from '../../src/relay/store/postgres/filter-sql.ts';

/** A node of a plan, as EXPLAIN (FORMAT JSON) tells it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Alias?: string;
  readonly 'Actual Loops': number;
  readonly 'Heap Fetches'?: number;
  readonly Plans?: readonly PlanNode[];
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `array[${value.map(literal).join(',')}]`;
  return typeof value === 'number' ? String(value) : `'${String(value)}'`;
}

/** Carries out a statement as a relay does, planned once for all values; returns the nodes that were carried out. */
export async function explain(client: Client, { text, values }: Statement): Promise<PlanNode[]> {
  const types = new Map(
    [...text.matchAll(/\$(\d+)::([a-z]+(?:\[\])?)/g)].map(([, n, type]) => [Number(n), type]),
  );
  const args = values.map((value, index) => `${literal(value)}::${types.get(index + 1)}`);
  const declared = values.map((_, index) => types.get(index + 1)).join(', ');
  await client.query('set plan_cache_mode = force_generic_plan; set jit = off');
  await client.query(`prepare asked (${declared}) as ${text}`);
  const { rows } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
    `explain (analyze, format json) execute asked (${args.join(', ')})`,
  );
  await client.query('deallocate asked');
  const root = rows[0]?.['QUERY PLAN'][0]?.Plan;
  return root === undefined ? [] : nodesOf(root).filter((node) => node['Actual Loops'] > 0);
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
