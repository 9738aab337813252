import { setTimeout as sleep } from 'node:timers/promises';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { findProcess } from '../processes.ts';
import { launchService, problemOf, waitUntilReady } from '../start-service.ts';
import { type Service, type StackState, servicesOfKind } from '../state.ts';

/** Time for the supervisor to bring back what has died. */
const HEAL_TIMEOUT_MS = 15_000;
const POLL_MS = 200;

/**
 * Makes sure that a stack which was up still is: starts its supervisor where that has died and its watcher too, which brings
 * back everything else.
 * @throws RelayBenchError `STACK_DEGRADED` (exit 3) naming what does not come back
 */
export async function reattach(state: StackState, signal: AbortSignal): Promise<void> {
  for (const supervisor of servicesOfKind(state, 'supervisor')) await startAgain(state, supervisor, signal);
  const deadline = Date.now() + HEAL_TIMEOUT_MS;
  for (;;) {
    const problems = await problemsOf(state);
    if (problems.length === 0) return;
    if (Date.now() > deadline) throw degraded(problems);
    signal.throwIfAborted();
    await sleep(POLL_MS);
  }
}

/** Where the supervisor and its watcher have both ended; one of them would have brought back the other. */
async function startAgain(state: StackState, supervisor: Service, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + HEAL_TIMEOUT_MS;
  const isWatched = servicesOfKind(state, 'watcher').some((watcher) => findProcess(watcher) !== null);
  if (!isWatched && findProcess(supervisor) === null) await launchService(state, supervisor);
  while (findProcess(supervisor) === null && Date.now() < deadline)
    await sleep(POLL_MS, undefined, { signal });
  await waitUntilReady(supervisor, signal);
}

async function problemsOf(state: StackState): Promise<string[]> {
  const all = await Promise.all(
    state.services.map(async (service) => ({ name: service.name, problem: await problemOf(service) })),
  );
  return all.flatMap(({ name, problem }) => (problem === null ? [] : [`${name}: ${problem}`]));
}

function degraded(problems: readonly string[]): RelayBenchError {
  return new RelayBenchError(`parts of the stack did not come back: ${problems.join('; ')}`, {
    code: 'STACK_DEGRADED',
    hint: 'see `relay-bench stack logs`, or start anew: `relay-bench stack down`, then `stack up`',
    exitCode: EXIT.unreachable,
  });
}
