import { messageOf } from '../base/errors.ts';
import { type Ask, inDatabase } from './postgres/client.ts';
import { RELAY_USER } from './postgres/settings.ts';
import { type Service, type StackState, servicesOfKind } from './state.ts';

/** A statement of the relays, as one Postgres has counted it since it was started. */
export interface StatementReport {
  readonly server: string;
  /** Constants are replaced by `$1`, `$2`, … */
  readonly query: string;
  readonly calls: number;
  readonly mean_ms: number;
  readonly max_ms: number;
  readonly total_ms: number;
  readonly rows: number;
  /** Pages found in Postgres' memory, and pages that had to be read. */
  readonly blocksHit: number;
  readonly blocksRead: number;
  /** The plan for any parameters, a line each; null where there is none. */
  readonly plan: readonly string[] | null;
  /** Why `plan` is null. */
  readonly planProblem: string | null;
}

/** How much one index is used on one Postgres. */
export interface IndexReport {
  readonly server: string;
  readonly table: string;
  readonly index: string;
  readonly scans: number;
  readonly rowsRead: number;
  readonly bytes: number;
}

export interface ExplainReport {
  readonly statements: readonly StatementReport[];
  readonly indexes: readonly IndexReport[];
}

type Counted = Omit<StatementReport, 'server' | 'plan' | 'planProblem'>;

const STATEMENTS = `
SELECT query, calls::float8 AS calls, mean_exec_time AS "mean_ms", max_exec_time AS "max_ms",
       total_exec_time AS "total_ms", rows::float8 AS rows,
       shared_blks_hit::float8 AS "blocksHit", shared_blks_read::float8 AS "blocksRead"
FROM pg_stat_statements
WHERE userid = '${RELAY_USER}'::regrole AND query ~* '^\\s*(select|insert|update|delete|with)\\M'
ORDER BY total_exec_time DESC LIMIT $1`;

/** Partitions are counted with their parent: what is asked is whether the design of the index is used. */
const INDEXES = `
SELECT coalesce(top.relname, s.relname) AS "table", coalesce(topindex.relname, s.indexrelname) AS "index",
       sum(s.idx_scan)::float8 AS scans, sum(s.idx_tup_read)::float8 AS "rowsRead",
       sum(pg_relation_size(s.indexrelid))::float8 AS bytes
FROM pg_stat_user_indexes s
LEFT JOIN pg_inherits t ON t.inhrelid = s.relid LEFT JOIN pg_class top ON top.oid = t.inhparent
LEFT JOIN pg_inherits i ON i.inhrelid = s.indexrelid LEFT JOIN pg_class topindex ON topindex.oid = i.inhparent
GROUP BY 1, 2 ORDER BY scans DESC`;

/**
 * The statements of the relays that took most time, on every Postgres (reads are counted where they ran), each with
 * its plan, and how much every index is used.
 * @param top statements a server
 */
export async function explainStack(state: StackState, top: number): Promise<ExplainReport> {
  const servers = await Promise.all(
    servicesOfKind(state, 'postgres').map((server) => explainServer(server, top)),
  );
  const statements = servers.flatMap((server) => server.statements);
  return {
    statements: statements.sort((a, b) => b.total_ms - a.total_ms),
    indexes: servers.flatMap((server) => server.indexes),
  };
}

function explainServer(server: Service, top: number): Promise<ExplainReport> {
  return inDatabase(server, async (ask) => {
    const counted = await ask<Counted>(STATEMENTS, [top]);
    const indexes = await ask<Omit<IndexReport, 'server'>>(INDEXES);
    // From here on as the relays: their statements get no more rights than they have.
    await ask(`SET ROLE ${RELAY_USER}`);
    await ask('SET plan_cache_mode = force_generic_plan');
    const statements: StatementReport[] = [];
    for (const [number, statement] of counted.entries()) {
      statements.push({ server: server.name, ...statement, ...(await planOf(ask, statement.query, number)) });
    }
    return { statements, indexes: indexes.map((index) => ({ server: server.name, ...index })) };
  });
}

/**
 * The plan that serves any parameters. It is not carried out: the parameters of the calls that were counted are
 * not kept, and made-up ones would be timed in their place.
 */
async function planOf(
  ask: Ask,
  query: string,
  number: number,
): Promise<Pick<StatementReport, 'plan' | 'planProblem'>> {
  const parameters = Math.max(0, ...[...query.matchAll(/\$(\d+)/g)].map(([, digits]) => Number(digits)));
  const values = Array.from({ length: parameters }, () => 'NULL').join(', ');
  const name = `explained_${number}`;
  try {
    await ask(`PREPARE ${name} AS ${query}`);
    const call = parameters === 0 ? name : `${name}(${values})`;
    const rows = await ask<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE ${call}`);
    return { plan: rows.map((row) => row['QUERY PLAN']), planProblem: null };
  } catch (error) {
    return { plan: null, planProblem: messageOf(error) };
  }
}
