import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from '../../src/observe/process-identity.ts';
import { runtimeSocket } from '../../src/stack/haproxy/config.ts';
import { withAdmin } from '../../src/stack/postgres/client.ts';
import { primaryOf } from '../../src/stack/postgres/servers.ts';
import { allProcesses, findProcess } from '../../src/stack/processes.ts';
import { withRedis } from '../../src/stack/redis/servers.ts';
import { type Service, type StackState, servicesOfKind } from '../../src/stack/state.ts';
import { readPurposes } from '../../src/stack/topology.ts';

export const TARGETS = ['primary', 'replica', 'pubsub', 'cache', 'supervisor'] as const;
export const ACTIONS = ['kill', 'freeze', 'cut'] as const;

/** One thing that is done to one part of a stack. */
export interface Fault {
  readonly target: (typeof TARGETS)[number];
  readonly action: (typeof ACTIONS)[number];
}

/** Every pair of a part and an action, in order. */
export const FAULTS: readonly Fault[] = TARGETS.flatMap((target) =>
  ACTIONS.map((action) => ({ target, action })),
);

/** A frozen primary is given up after little more than a second, and after 5 s where it seems busy. */
const FREEZE_UNTIL_FAILOVER_MS = 7_000;

/** Does something bad to a running stack, and ends it where it does not end by itself. */
export class FaultMaker {
  readonly #state: StackState;
  readonly #random: () => number;
  #frozenPrimaries = 0;

  /** @param random from 0 to below 1 */
  constructor(state: StackState, random: () => number) {
    this.#state = state;
    this.#random = random;
  }

  /** Resolves when it is over, as far as it depends on whoever did it. */
  async make({ target, action }: Fault): Promise<void> {
    const service = this.#serviceOf(target);
    if (action === 'cut') await this.#cut(target, service);
    else if (action === 'freeze') await this.#freeze(target, service);
    else this.#kill(service);
  }

  #serviceOf(target: Fault['target']): Service {
    const primary = primaryOf(this.#state);
    const candidates = {
      primary: [primary],
      replica: servicesOfKind(this.#state, 'postgres').filter(({ name }) => name !== primary.name),
      pubsub: servicesOfKind(this.#state, 'redis-pubsub'),
      cache: servicesOfKind(this.#state, 'redis-cache'),
      supervisor: servicesOfKind(this.#state, 'supervisor'),
    }[target];
    const service = candidates[Math.floor(this.#random() * candidates.length)];
    if (service === undefined) throw new Error(`the stack has no ${target}`);
    return service;
  }

  #kill(service: Service): void {
    const running = findProcess(service);
    if (running !== null) signal([running], 'SIGKILL');
  }

  /** Mostly for a moment; every third primary until it is replaced. */
  async #freeze(target: Fault['target'], service: Service): Promise<void> {
    const isLong = target === 'primary' && this.#frozenPrimaries++ % 3 === 0;
    const frozen = allProcesses(service);
    signal(frozen, 'SIGSTOP');
    await sleep(isLong ? FREEZE_UNTIL_FAILOVER_MS : 100 + this.#random() * 1_400);
    signal(frozen, 'SIGCONT');
  }

  async #cut(target: Fault['target'], service: Service): Promise<void> {
    if (target === 'primary') await this.#cutAtBalancer('pg_write', service);
    else if (target === 'replica') {
      for (const backend of readPurposes(this.#state.shape)) await this.#cutAtBalancer(backend, service);
    } else if (target === 'supervisor') await this.#cutWatches();
    else {
      await withRedis(service, async (redis) => {
        for (const type of ['normal', 'pubsub']) await redis.call('CLIENT', 'KILL', 'TYPE', type);
      }).catch(ignoreAway);
    }
  }

  async #cutAtBalancer(backend: string, server: Service): Promise<void> {
    const [balancer] = servicesOfKind(this.#state, 'haproxy-db');
    if (balancer === undefined) throw new Error('the stack has no balancer');
    const socket = createConnection(runtimeSocket(balancer));
    const closed = new Promise((resolve, reject) => socket.once('close', resolve).once('error', reject));
    socket.resume().end(`shutdown sessions server ${backend}/${server.name}\n`);
    await closed;
  }

  /** The supervisor's own connections to Postgres. */
  async #cutWatches(): Promise<void> {
    const question = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'relay-bench' AND pid <> pg_backend_pid()`;
    for (const node of servicesOfKind(this.#state, 'postgres')) {
      await withAdmin(node, (ask) => ask(question)).catch(ignoreAway);
    }
  }
}

/** A server that is away just then has no connections to cut. */
function ignoreAway(error: unknown): void {
  if (!(error instanceof Error)) throw error;
}

function signal(identities: readonly ProcessIdentity[], name: NodeJS.Signals): void {
  for (const identity of identities) if (isAlive(identity)) process.kill(identity.pid, name);
}
