import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { messageOf } from '../../base/errors.ts';
import type { Link } from './link.ts';
import { IN_FORCE, LIFTED, proxyOrder } from './orders.ts';

const MOST_LINE_CHARACTERS = 65_536;

/**
 * Takes orders at a Unix socket, which only the owner of its directory reaches. An order is in force for as long as the
 * connection that brought it: whoever gave it may die in any way, the links are as before.
 */
export async function serveControl(path: string, links: readonly Link[]): Promise<Server> {
  await rm(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => takeOrder(socket, links));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

function takeOrder(socket: Socket, links: readonly Link[]): void {
  let text = '';
  let lift: (() => void) | null = null;
  const end = (): void => {
    lift?.();
    if (!socket.destroyed) socket.end(`${LIFTED}\n`);
  };
  socket.setEncoding('utf8');
  socket.on('error', () => undefined);
  socket.on('close', () => lift?.());
  socket.on('end', end);
  socket.on('data', (more: string) => {
    if (lift !== null) return;
    text += more;
    const line = text.indexOf('\n');
    if (line < 0 && text.length <= MOST_LINE_CHARACTERS) return;
    try {
      lift = impose(text.slice(0, Math.max(0, line)), links);
      socket.write(`${IN_FORCE}\n`);
    } catch (error) {
      socket.end(`refused: ${messageOf(error).replaceAll(/\s+/g, ' ')}\n`);
    }
  });
}

/** @returns lifts it @throws Error where it is no order, or there is no such link */
function impose(line: string, links: readonly Link[]): () => void {
  const { links: names, ...condition } = proxyOrder.parse(JSON.parse(line));
  const chosen = names.map((name) => {
    const link = links.find(({ address }) => address.name === name);
    if (link === undefined) throw new Error(`there is no link ${name}`);
    return link;
  });
  const lifts = chosen.map((link) => link.impose(condition));
  return () => {
    for (const lift of lifts) lift();
  };
}
