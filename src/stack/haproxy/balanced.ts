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

/** Waits until the balancer has asked every Postgres for its role: before, it would send writes anywhere. */
export async function untilRolesKnown(balancer: Service, signal: AbortSignal): Promise<void> {
  await until(balancer, signal, (servers) => {
    const databases = servers.filter(({ backend }) => backend.startsWith('pg_'));
    const isWritable = databases.some(({ backend, status }) => backend === 'pg_write' && isUp(status));
    return isWritable && databases.every(({ checkStatus }) => checkStatus !== 'INI');
  });
}

/** Waits until the balancer sends clients to every relay. */
export async function untilRelaysUp(balancer: Service, signal: AbortSignal): Promise<void> {
  await until(balancer, signal, (servers) =>
    servers.filter(({ backend }) => backend === 'relays').every(({ status }) => status === 'UP'),
  );
}

/** Whether a server takes connections: `UP`, or on its way down. */
export function isUp(status: string): boolean {
  return status.startsWith('UP');
}

async function until(
  balancer: Service,
  signal: AbortSignal,
  holds: (servers: readonly BalancedServer[]) => boolean,
): Promise<void> {
  while (!holds(await balancedServers(balancer))) {
    signal.throwIfAborted();
    await sleep(POLL_MS);
  }
}
