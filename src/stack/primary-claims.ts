import { connectAdmin } from './postgres/client.ts';
import { type Service, type StackState, servicesOfKind } from './state.ts';

/** What a Postgres says of itself; null where it does not answer. */
export interface PrimaryClaim {
  readonly name: string;
  readonly isPrimary: boolean | null;
}

const TIMEOUT_MS = 1_000;

/** Asks every Postgres of a stack whether it is in recovery: one that is not would accept writes. */
export function primaryClaims(state: StackState): Promise<PrimaryClaim[]> {
  return Promise.all(servicesOfKind(state, 'postgres').map(claimOf));
}

async function claimOf(node: Service): Promise<PrimaryClaim> {
  try {
    const admin = await connectAdmin(node, { queryTimeoutMs: TIMEOUT_MS, connectTimeoutMs: TIMEOUT_MS });
    try {
      const [row] = await admin.ask<{ replica: boolean }>('SELECT pg_is_in_recovery() AS replica');
      return { name: node.name, isPrimary: row === undefined ? null : !row.replica };
    } finally {
      await admin.end();
    }
  } catch {
    // A server that is down or hangs accepts nothing; whether it was fenced, its samples in the run say.
    return { name: node.name, isPrimary: null };
  }
}
