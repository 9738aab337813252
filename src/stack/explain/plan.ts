import { messageOf } from '../../base/errors.ts';
import type { Ask } from '../postgres/client.ts';
import { isCallOf, type LoggedCall } from './logged-calls.ts';

/** How Postgres carries a statement out. */
export interface Planned {
  /** The plan, a line each; null where there is none. */
  readonly plan: readonly string[] | null;
  /**
   * `analyzed`: carried out (EXPLAIN ANALYZE, BUFFERS) with the parameters of a call that was logged; `generic`: made
   * for any parameters and not carried out; null without a plan.
   */
  readonly planKind: 'analyzed' | 'generic' | null;
  /** Why the plan was not carried out, or why there is none; null where it was. */
  readonly planProblem: string | null;
}

const READS = /^\s*(select|with)\b/i;
/** In a statement whose constants are gone, a keyword is a keyword. A read-only transaction guards what is overlooked. */
const WRITES = /\b(insert\s+into|delete\s+from|update)\b/i;

/** A statement and what is known of it. */
export interface Explained {
  /** As pg_stat_statements tells it. */
  readonly query: string;
  /** Calls of the server, the newest first. */
  readonly calls: readonly LoggedCall[];
  /** No other statement of this connection has it. */
  readonly name: string;
}

/**
 * The plan of a statement. One that only reads is carried out with the parameters of its newest logged call, in a
 * transaction that can't write; for all others Postgres tells the plan that serves any parameters.
 */
export async function planOf(ask: Ask, statement: Explained): Promise<Planned> {
  const { query, calls, name } = statement;
  if (!READS.test(query) || WRITES.test(query)) return genericPlan(ask, statement, 'it writes');
  const call = calls.find(({ text }) => isCallOf(query, text));
  if (call === undefined) return genericPlan(ask, statement, 'no call of it was logged with its parameters');
  try {
    await ask('BEGIN READ ONLY');
    const plan = await explained(ask, `${name}_call`, call, 'EXPLAIN (ANALYZE, BUFFERS)');
    await ask('ROLLBACK');
    return { plan, planKind: 'analyzed', planProblem: null };
  } catch (error) {
    await ask('ROLLBACK');
    return genericPlan(ask, statement, `it could not be carried out again: ${messageOf(error)}`);
  }
}

/** Not carried out: with made-up parameters something else would be timed. */
async function genericPlan(ask: Ask, { query, name }: Explained, why: string): Promise<Planned> {
  const count = Math.max(0, ...[...query.matchAll(/\$(\d+)/g)].map(([, digits]) => Number(digits)));
  const parameters = Array.from({ length: count }, () => 'NULL');
  try {
    const plan = await explained(ask, name, { text: query, parameters }, 'EXPLAIN');
    return { plan, planKind: 'generic', planProblem: why };
  } catch (error) {
    return { plan: null, planKind: null, planProblem: messageOf(error) };
  }
}

async function explained(
  ask: Ask,
  name: string,
  { text, parameters }: LoggedCall,
  explain: string,
): Promise<string[]> {
  const call = parameters.length === 0 ? name : `${name}(${parameters.join(', ')})`;
  await ask(`PREPARE ${name} AS ${text}`);
  const rows = await ask<{ 'QUERY PLAN': string }>(`${explain} EXECUTE ${call}`);
  return rows.map((row) => row['QUERY PLAN']);
}
