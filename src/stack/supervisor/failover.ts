import { setTimeout as sleep } from 'node:timers/promises';
import { withAdmin } from '../postgres/client.ts';
import { createSlots, follow, lead, reload } from '../postgres/servers.ts';
import { end, findProcess } from '../processes.ts';
import { type Service, type StackState, servicesOfKind } from '../state.ts';
import type { DatabaseAnswer, DatabaseWatch } from './database-watch.ts';

const PROMOTION_TIMEOUT_S = 20;
const KILL_GRACE_MS = 5_000;
const PATIENCE_MS = 2_000;
const RETRY_MS = 50;

/**
 * The replica that has received most of the log; null where none answers. Asked anew: what was known a tenth of a
 * second ago may be too old for the last commits.
 */
export async function mostAdvanced(replicas: readonly DatabaseWatch[]): Promise<Service | null> {
  const answers = await Promise.all(
    replicas.map(async (watch) => ({ node: watch.node, answer: await askPatiently(watch) })),
  );
  const candidates = answers.filter(({ answer }) => answer?.isReplica === true);
  candidates.sort((a, b) => (b.answer?.walBytes ?? 0) - (a.answer?.walBytes ?? 0));
  return candidates[0]?.node ?? null;
}

/**
 * The answer of a replica, null where there is none: it can't be promoted then. One whose process lives gets some time: it
 * may be the only one that has received the last commits.
 */
async function askPatiently(watch: DatabaseWatch): Promise<DatabaseAnswer | null> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await watch.askNow();
    } catch {
      if (findProcess(watch.node) === null || performance.now() > deadline) return null;
      await sleep(RETRY_MS);
    }
  }
}

/** Ends a primary that is lost, with all its children, even where it only hangs: two that accept writes would be worse than none. */
export async function fence(old: Service): Promise<void> {
  await end(old, 'SIGKILL', KILL_GRACE_MS);
}

/** Makes `next` the primary; the old one has been {@link fence | ended}. */
export async function promote(state: StackState, next: Service): Promise<void> {
  await withAdmin(next, (ask) => ask('SELECT pg_promote(true, $1)', [PROMOTION_TIMEOUT_S]));
  await lead(state, next);
  await createSlots(state, next);
}

/**
 * Lets the other replicas follow the new primary; that takes a reload, no restart.
 * @param onFailure told of a replica for which that is not possible now: it is made anew when it is stuck
 */
export async function redirect(
  state: StackState,
  { old, next }: { readonly old: Service; readonly next: Service },
  onFailure: (replica: Service, error: unknown) => void,
): Promise<void> {
  const others = servicesOfKind(state, 'postgres').filter(
    ({ name }) => name !== old.name && name !== next.name,
  );
  for (const replica of others) {
    try {
      await follow(state, replica, next);
      await reload(replica);
    } catch (error) {
      onFailure(replica, error);
    }
  }
}
