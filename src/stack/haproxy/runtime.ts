import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Service } from '../state.ts';
import { runtimeSocket } from './config.ts';

/**
 * Asks the runtime API of the balancer one thing.
 * @returns what it says, trimmed; commands that only do something say nothing
 * @throws Error of the socket where it does not answer
 */
export async function askHaproxy(balancer: Service, command: string): Promise<string> {
  const socket = createConnection(runtimeSocket(balancer));
  socket.end(`${command}\n`);
  return (await text(socket)).trim();
}

/**
 * Sets the administrative state of a server: `drain` sends it no new clients, `ready` lets its checks decide again.
 * @param server as `backend/name`
 * @throws Error where the balancer refuses or does not answer
 */
export async function setServer(balancer: Service, server: string, state: 'drain' | 'ready'): Promise<void> {
  const said = await askHaproxy(balancer, `set server ${server} state ${state}`);
  if (said !== '') throw new Error(`the load balancer refused to set ${server} to ${state}: ${said}`);
}
