import { setTimeout as sleep } from 'node:timers/promises';
import { type BalancedServer, parseHaproxyCsv } from '../../observe/haproxy.ts';
import { httpGet } from '../http-get.ts';
import { portOf, type Service } from '../state.ts';

const POLL_MS = 50;

/** Every server behind the balancer as it sees them now. @throws Error where it does not answer */
export async function balancedServers(balancer: Service): Promise<BalancedServer[]> {
  const { body } = await httpGet(portOf(balancer, 'stats'), '/stats;csv');
  return parseHaproxyCsv(body).filter(({ server }) => server !== 'FRONTEND' && server !== 'BACKEND');
}

/** Waits until the database balancer has been told which Postgres has which role: before, it lets nobody through to any. */
export async function untilRolesKnown(balancer: Service, signal: AbortSignal): Promise<void> {
  await until(balancer, signal, (servers) => {
    const databases = servers.filter(({ backend }) => backend.startsWith('pg_'));
    const backends = [...new Set(databases.map(({ backend }) => backend))];
    return backends.every((name) =>
      databases.some(({ backend, status }) => backend === name && isUp(status)),
    );
  });
}

/** Waits until the balancer sends clients to every relay. */
export async function untilRelaysUp(balancer: Service, signal: AbortSignal): Promise<void> {
  await until(balancer, signal, (servers) =>
    servers.filter(({ backend }) => backend === 'relays').every(({ status }) => status === 'UP'),
  );
}

/** Whether a server takes connections: `UP`, or on its way down; `no check` where only an agent is asked. */
export function isUp(status: string): boolean {
  return status.startsWith('UP') || status === 'no check';
}

async function until(balancer: Service, signal: AbortSignal, holds: Condition): Promise<void> {
  while (!(await isSeen(balancer, holds))) {
    signal.throwIfAborted();
    await sleep(POLL_MS);
  }
}

type Condition = (servers: readonly BalancedServer[]) => boolean;

/** A balancer that a busy machine keeps from answering in time is asked again: how long, says who waits. */
async function isSeen(balancer: Service, holds: Condition): Promise<boolean> {
  const servers = await balancedServers(balancer).catch(() => null);
  return servers !== null && holds(servers);
}
