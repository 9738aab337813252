import { setTimeout as sleep } from 'node:timers/promises';
import { withAdmin } from '../postgres/client.ts';
import { follow, lead, reload } from '../postgres/servers.ts';
import { end, findProcess } from '../processes.ts';
import { type Service, type StackState, servicesOfKind } from '../state.ts';
import type { DatabaseAnswer, DatabaseWatch } from './database-watch.ts';

const PROMOTION_TIMEOUT_MS = 20_000;
const KILL_GRACE_MS = 5_000;
const PATIENCE_MS = 2_000;
const RETRY_MS = 50;
/** Postgres itself would look ten times a second only. */
const PROMOTION_POLL_MS = 10;

/**
 * The replica that has received most of the log; null where none answers. Asked anew: what was known a tenth of a
 * second ago may be too old for the last commits.
 */
export async function mostAdvanced(replicas: readonly DatabaseWatch[]): Promise<DatabaseWatch | null> {
  const answers = await Promise.all(
    replicas.map(async (watch) => ({ watch, answer: await askPatiently(watch) })),
  );
  const candidates = answers.filter(({ answer }) => answer?.isReplica === true);
  candidates.sort((a, b) => (b.answer?.walBytes ?? 0) - (a.answer?.walBytes ?? 0));
  return candidates[0]?.watch ?? null;
}

/**
 * The answer of a server, null where there is none: it can't be promoted then. One whose process lives gets some time: it
 * may be the only one that has received the last commits.
 */
export async function askPatiently(watch: DatabaseWatch): Promise<DatabaseAnswer | null> {
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

/**
 * Ends a primary that is lost, with all its children, even where it only hangs: two that accept writes would be worse than
 * none.
 * @throws Error where something of it is still there: nobody may be promoted then
 */
export async function fence(old: Service): Promise<void> {
  if (await end(old, 'SIGKILL', KILL_GRACE_MS)) return;
  throw new Error(`${old.name} can't be ended, so that nobody takes its place`);
}

/**
 * Makes a replica the primary; where it was promoted before, it is only waited for. The old one has been
 * {@link fence | ended}.
 */
export async function promote(state: StackState, next: DatabaseWatch): Promise<void> {
  if ((await next.askNow()).isReplica) {
    await withAdmin(next.node, (ask) => ask('SELECT pg_promote(false)'));
  }
  const deadline = performance.now() + PROMOTION_TIMEOUT_MS;
  while ((await next.askNow()).isReplica) {
    if (performance.now() > deadline) throw new Error(`${next.node.name} does not become the primary`);
    await sleep(PROMOTION_POLL_MS);
  }
  await lead(state, next.node);
}

/**
 * Lets the other replicas follow the next primary, which takes a reload and no restart, and may be done before it is
 * promoted: with durability sync its first commit waits for one of them. Never rejects.
 * @param onFailure told of a replica that can't follow now: it is made anew when it is stuck
 */
export async function redirect(
  state: StackState,
  { old, next }: { readonly old: Service; readonly next: Service },
  onFailure: (replica: Service, error: unknown) => void,
): Promise<void> {
  const others = servicesOfKind(state, 'postgres').filter(
    ({ name }) => name !== old.name && name !== next.name,
  );
  await Promise.all(
    others.map(async (replica) => {
      try {
        await follow(state, replica, next);
        await reload(replica);
      } catch (error) {
        onFailure(replica, error);
      }
    }),
  );
}
