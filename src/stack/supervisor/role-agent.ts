import { createServer, type Server, type Socket } from 'node:net';
import type { RoleAnswer } from './assignments.ts';

/** A question is one short line. */
const QUESTION_MAX = 200;
const PATIENCE_MS = 1_000;

/** Answers the question of the database balancer about one of its servers. */
export type RoleOf = (question: string) => RoleAnswer;

/**
 * What the database balancer is told (`agent-check` of HAProxy). Servers begin in maintenance there, which `ready` ends, so that
 * a balancer that has just started sends nobody to a server of which it has heard nothing. Nothing at all is said of a
 * server about which nothing is known now: the balancer keeps to what it was told before, as it does while nobody answers.
 */
const WORDS: Readonly<Record<RoleAnswer, string>> = { yes: 'up ready\n', no: 'down ready\n', unknown: '\n' };

/** Listens on 127.0.0.1 for the questions `write NAME` and `read LISTENER NAME`, one a connection. */
export function serveRoles(port: number, roleOf: RoleOf): Promise<Server> {
  const server = createServer((socket) => hear(socket, roleOf));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function hear(socket: Socket, roleOf: RoleOf): void {
  let text = '';
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end >= 0) socket.end(WORDS[roleOf(text.slice(0, end).trim())]);
    else if (text.length > QUESTION_MAX) socket.destroy();
  });
}
