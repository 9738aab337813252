import { inDatabase } from '../postgres/client.ts';
import { primaryOf } from '../postgres/servers.ts';
import { RELAY_USER } from '../postgres/settings.ts';
import { type Service, type StackState, servicesOfKind } from '../state.ts';
import { type EffectsReport, measureEffects } from './effects.ts';
import { readLoggedCalls } from './logged-calls.ts';
import { type Planned, planOf } from './plan.ts';

/** A statement of the relays, as one Postgres has counted it since it was started. */
export interface StatementReport extends Planned {
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
  /** What indexes and partitions are worth; null where that was not asked for. */
  readonly effects: EffectsReport | null;
}

/** What is to be explained. */
export interface ExplainOptions {
  /** Statements of each server. */
  readonly top: number;
  /** Events to copy for the comparison of layouts; null does without. */
  readonly sampleEvents: number | null;
}

/** Carried out again, a statement may not take longer than this. */
const ANALYZE_TIMEOUT_MS = 10_000;

type Counted = Omit<StatementReport, 'server' | keyof Planned>;

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

/** Copying and measuring the sample takes statements that last. */
const EFFECTS_TIMEOUT_MS = 300_000;

/**
 * The statements of the relays that took most time, on every Postgres (reads are counted where they ran), each with
 * its plan, how much every index is used, and on demand what indexes and partitions are worth.
 * @throws RelayBenchError `STACK_TOO_FEW_EVENTS` where layouts are to be compared and nothing is stored
 */
export async function explainStack(
  state: StackState,
  { top, sampleEvents }: ExplainOptions,
): Promise<ExplainReport> {
  const servers = await Promise.all(
    servicesOfKind(state, 'postgres').map((server) => explainServer(server, top)),
  );
  const statements = servers.flatMap((server) => server.statements);
  const effects =
    sampleEvents === null
      ? null
      : await inDatabase(primaryOf(state), (ask) => measureEffects(ask, sampleEvents), {
          queryTimeoutMs: EFFECTS_TIMEOUT_MS,
        });
  return {
    statements: statements.sort((a, b) => b.total_ms - a.total_ms),
    indexes: servers.flatMap((server) => server.indexes),
    effects,
  };
}

async function explainServer(server: Service, top: number): Promise<Omit<ExplainReport, 'effects'>> {
  const calls = await readLoggedCalls(server);
  return inDatabase(server, async (ask) => {
    const counted = await ask<Counted>(STATEMENTS, [top]);
    const indexes = await ask<Omit<IndexReport, 'server'>>(INDEXES);
    // From here on as the relays: their statements get no more rights than they have.
    await ask(`SET ROLE ${RELAY_USER}`);
    await ask('SET plan_cache_mode = force_generic_plan');
    await ask(`SET statement_timeout = ${ANALYZE_TIMEOUT_MS}`);
    const statements: StatementReport[] = [];
    for (const [index, statement] of counted.entries()) {
      const { query } = statement;
      const planned = await planOf(ask, { query, calls, name: `explained_${index}` });
      statements.push({ server: server.name, ...statement, ...planned });
    }
    return { statements, indexes: indexes.map((index) => ({ server: server.name, ...index })) };
  });
}
