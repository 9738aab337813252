import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { launchEdge } from './edges.ts';
import { launchHaproxy } from './haproxy/server.ts';
import { httpGet } from './http-get.ts';
import { launchProxy, proxySocket } from './links.ts';
import { answersQueries, launchPostgres } from './postgres/servers.ts';
import { findProcess } from './processes.ts';
import { launchPrometheus } from './prometheus/server.ts';
import { answersPing, launchRedis } from './redis/servers.ts';
import { launchRelay } from './relays.ts';
import { readServiceFile } from './service-files.ts';
import { logOf, portOf, type Service, type StackState } from './state.ts';
import { launchSupervisor, launchWatcher } from './supervisor/launch.ts';

/** How a kind of service is started, and how it says that it can serve. */
interface Kind {
  readonly launch: (state: StackState, service: Service) => Promise<void>;
  /** Rejects while it can't. */
  readonly check: (service: Service) => Promise<void>;
}

const KINDS: Readonly<Record<Service['kind'], Kind>> = {
  postgres: { launch: launchPostgres, check: answersQueries },
  'redis-pubsub': { launch: launchRedis, check: answersPing },
  'redis-cache': { launch: launchRedis, check: answersPing },
  supervisor: { launch: launchSupervisor, check: (service) => answers(portOf(service, 'http'), '/health') },
  // It has nothing to say but that it runs.
  watcher: { launch: launchWatcher, check: async () => undefined },
  links: { launch: launchProxy, check: answersControl },
  haproxy: { launch: launchHaproxy, check: answersFigures },
  'haproxy-db': { launch: launchHaproxy, check: answersFigures },
  relay: { launch: launchRelay, check: (service) => answers(portOf(service, 'ws'), '/ready') },
  edge: { launch: launchEdge, check: (service) => answers(portOf(service, 'ws'), '/ready') },
  region: { launch: launchHaproxy, check: answersFigures },
  prometheus: { launch: launchPrometheus, check: (service) => answers(portOf(service, 'http'), '/-/ready') },
};

const READY_POLL_MS = 50;
const READY_TIMEOUT_MS = 30_000;
const LOG_TAIL_CHARACTERS = 800;
const CONTROL_TIMEOUT_MS = 1_000;

/** Starts the process of a service, without waiting for it. */
export async function launchService(state: StackState, service: Service): Promise<void> {
  await KINDS[service.kind].launch(state, service);
}

/** Whether a service can serve now: null, or what is wrong. */
export async function problemOf(service: Service): Promise<string | null> {
  if (findProcess(service) === null) return 'its process has ended';
  try {
    await KINDS[service.kind].check(service);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * Waits until a service that was started can serve.
 * @throws RelayBenchError `STACK_SERVICE_FAILED` (exit 3) with the end of its log where it ends or takes too long
 */
export async function waitUntilReady(service: Service, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    signal.throwIfAborted();
    const problem = await problemOf(service);
    if (problem === null) return;
    if (findProcess(service) === null || Date.now() > deadline) throw failed(service, problem);
    await sleep(READY_POLL_MS);
  }
}

async function answers(port: number, path: string): Promise<void> {
  const { status, body } = await httpGet(port, path);
  if (status !== 200) throw new Error(`${status} ${body.trim().slice(0, 200)}`);
}

/** Whether a balancer does. @throws Error where it does not */
function answersFigures(balancer: Service): Promise<void> {
  return answers(portOf(balancer, 'stats'), '/metrics');
}

/** Whether the proxy takes orders. @throws Error of the socket where it does not */
async function answersControl(proxy: Service): Promise<void> {
  const socket = createConnection(proxySocket(proxy));
  await once(socket, 'connect', { signal: AbortSignal.timeout(CONTROL_TIMEOUT_MS) });
  socket.destroy();
}

function failed(service: Service, problem: string): RelayBenchError {
  const log = logTail(service);
  const hint = /no space left on device|ENOSPC/i.test(log)
    ? 'the disk is full: free some space or name another directory with --dir'
    : 'run `relay-bench doctor` to see whether this machine has all that a stack needs';
  return new RelayBenchError(`${service.name} did not start: ${log === '' ? problem : log}`, {
    code: 'STACK_SERVICE_FAILED',
    hint,
    exitCode: EXIT.unreachable,
  });
}

/** The end of what a service wrote. */
export function logTail(service: Service): string {
  try {
    return readServiceFile(logOf(service)).slice(-LOG_TAIL_CHARACTERS).trim();
  } catch {
    return '';
  }
}
