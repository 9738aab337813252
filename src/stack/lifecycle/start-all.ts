import pLimit, { type LimitFunction } from 'p-limit';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { untilRelaysUp, untilRolesKnown } from '../haproxy/balanced.ts';
import { addReplica, hasData, initialise, primaryOf, provideData } from '../postgres/servers.ts';
import { formCluster } from '../redis/servers.ts';
import { launchService, waitUntilReady } from '../start-service.ts';
import { type Service, type StackState, servicesOfKind } from '../state.ts';

/** What happens to a service while the stack starts. */
export interface StartStep {
  readonly service: Service;
  readonly status: 'waiting' | 'starting' | 'ready' | 'failed';
  /** Since its own start; 0 before. */
  readonly elapsedMs: number;
}

export type OnStartStep = (step: StartStep) => void;

/** A start needs this long where a machine is slow; longer means that something never gets ready. */
const START_DEADLINE_MS = 90_000;
/** Programs that get ready at the same time: more than two cores can start at once only take longer, each of them. */
const LAUNCHED_AT_ONCE = 8;

/**
 * Starts every service as soon as all that it depends on is ready.
 * @throws RelayBenchError of the first service that fails, after all others have come to rest; or the reason of
 *   `signal`
 */
export async function startAll(state: StackState, signal: AbortSignal, onStep: OnStartStep): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const missing = new Set(state.services.map(({ name }) => name));
  const deadline = setTimeout(
    () => failure.abort(lateStart([...missing], START_DEADLINE_MS)),
    START_DEADLINE_MS,
  );
  const cluster = clusterBarrier(servicesOfKind(state, 'redis-cache'), either);
  const launching = pLimit(LAUNCHED_AT_ONCE);
  const started = new Map<string, Promise<void>>();
  for (const service of state.services) {
    const before = service.dependsOn.map((name) => started.get(name));
    const start = async (): Promise<void> => {
      onStep({ service, status: 'waiting', elapsedMs: 0 });
      await Promise.all(before);
      await startOne({ state, service, signal: either, onStep, cluster, launching });
      missing.delete(service.name);
    };
    started.set(service.name, start());
  }
  const all = [...started.values()];
  try {
    // The first failure, not the abort of the others that follows from it.
    await Promise.all(all).catch(async (error: unknown) => {
      failure.abort(error);
      await Promise.allSettled(all);
      throw error;
    });
    for (const balancer of servicesOfKind(state, 'haproxy', 'region')) await untilRelaysUp(balancer, either);
  } finally {
    clearTimeout(deadline);
  }
}

/**
 * The error of a start that takes too long.
 * @param missing names of the services that are not ready; none where the balancer alone keeps the stack waiting
 */
export function lateStart(missing: readonly string[], deadlineMs: number): RelayBenchError {
  const what =
    missing.length === 0
      ? 'the load balancer does not send clients to every relay'
      : `not ready: ${missing.join(', ')}`;
  return new RelayBenchError(`the stack was not up within ${deadlineMs / 1_000} s; ${what}`, {
    code: 'STACK_START_LATE',
    hint: 'try again when this machine is less busy; `relay-bench doctor` shows whether it has all that a stack needs',
    exitCode: EXIT.unreachable,
  });
}

interface OneStart {
  readonly state: StackState;
  readonly service: Service;
  readonly signal: AbortSignal;
  readonly onStep: OnStartStep;
  /** Resolves when the cluster of the caches is complete. */
  readonly cluster: () => Promise<void>;
  /** Not to be held while waiting for the cluster, which waits for others in turn. */
  readonly launching: LimitFunction;
}

async function startOne(start: OneStart): Promise<void> {
  const { service, signal, onStep, launching } = start;
  let beganMs = performance.now();
  const tell = (status: StartStep['status']): void =>
    onStep({ service, status, elapsedMs: performance.now() - beganMs });
  try {
    await launching(async () => {
      signal.throwIfAborted();
      beganMs = performance.now();
      tell('starting');
      await launch(start);
    });
    await finish(start);
    tell('ready');
  } catch (error) {
    tell('failed');
    throw error;
  }
}

async function launch({ state, service, signal }: OneStart): Promise<void> {
  if (service === servicesOfKind(state, 'postgres')[0]) await provideData(state, signal);
  // One that was added to data that was kept.
  if (service.kind === 'postgres' && !hasData(service)) await addReplica(state, service);
  await launchService(state, service);
  await waitUntilReady(service, signal);
}

/** What a service needs beyond answering before others may use it. */
async function finish({ state, service, signal, cluster }: OneStart): Promise<void> {
  if (service.kind === 'postgres' && service.name === primaryOf(state).name) await initialise(state, service);
  if (service.kind === 'redis-cache') await cluster();
  if (service.kind === 'haproxy-db') await untilRolesKnown(service, signal);
}

/** The last cache that gets ready forms the cluster; all wait for it. */
function clusterBarrier(nodes: readonly Service[], signal: AbortSignal): () => Promise<void> {
  let missing = nodes.length;
  let isFormed = (_result: Promise<void>): void => undefined;
  const formed = new Promise<void>((resolve, reject) => {
    isFormed = resolve;
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // Whoever waits hears of it; without this line a failure that nobody waits for any more ends the process.
  formed.catch(() => undefined);
  return () => {
    missing--;
    if (missing === 0) isFormed(formCluster(nodes, signal));
    return formed;
  };
}
