import { withAdmin } from '../postgres/client.ts';
import { createSlots, follow, lead, reload } from '../postgres/servers.ts';
import { end } from '../processes.ts';
import { type Service, type StackState, servicesOfKind } from '../state.ts';
import type { DatabaseWatch } from './database-watch.ts';

const PROMOTION_TIMEOUT_S = 20;
const KILL_GRACE_MS = 5_000;

/**
 * The replica that has received most of the log; null where none answers. Asked anew: what was known a tenth of a
 * second ago may be too old for the last commits.
 */
export async function mostAdvanced(replicas: readonly DatabaseWatch[]): Promise<Service | null> {
  const answers = await Promise.all(
    replicas.map(async (watch) => {
      try {
        return { node: watch.node, answer: await watch.askNow() };
      } catch {
        // It can't be promoted if it does not answer.
        return null;
      }
    }),
  );
  const candidates = answers.filter((each) => each?.answer.isReplica === true);
  candidates.sort((a, b) => (b?.answer.walBytes ?? 0) - (a?.answer.walBytes ?? 0));
  return candidates[0]?.node ?? null;
}

/**
 * Makes `next` the primary in place of `old`. The old one is killed first, with all its children, even where it
 * only hangs: two servers that accept writes would be worse than none.
 */
export async function promote(state: StackState, old: Service, next: Service): Promise<void> {
  await end(old, 'SIGKILL', KILL_GRACE_MS);
  await withAdmin(next, (ask) => ask('SELECT pg_promote(true, $1)', [PROMOTION_TIMEOUT_S]));
  await lead(state, next);
  await createSlots(state, next);
}

/** Lets the other replicas follow the new primary; that takes a reload, no restart. */
export async function redirect(state: StackState, old: Service, next: Service): Promise<void> {
  const others = servicesOfKind(state, 'postgres').filter(
    ({ name }) => name !== old.name && name !== next.name,
  );
  for (const replica of others) {
    await follow(state, replica, next);
    await reload(replica);
  }
}
