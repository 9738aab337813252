import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { IN_FORCE, LIFTED, type ProxyOrder } from './orders.ts';

const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Gives the proxy at a socket an order. It is lifted when this process ends, whatever ends it.
 * @returns lifts it, and resolves when the links are as before
 * @throws Error where the proxy refuses it or does not answer
 */
export async function giveOrder(path: string, order: ProxyOrder): Promise<() => Promise<void>> {
  const socket = createConnection(path);
  socket.setEncoding('utf8');
  // A broken connection shows as a missing answer.
  socket.on('error', () => undefined);
  const inForce = answerOf(socket);
  socket.write(`${JSON.stringify(order)}\n`);
  const said = await inForce;
  if (said !== IN_FORCE) {
    socket.destroy();
    throw new Error(`the proxy in the links ${said === null ? 'does not answer' : said}`);
  }
  return async () => {
    const lifted = answerOf(socket);
    socket.end();
    const last = await lifted;
    socket.destroy();
    // One that has ended meanwhile took its conditions with it.
    if (last !== LIFTED && last !== null) throw new Error(`the proxy in the links ${last}`);
  };
}

/** The next line; null where the connection ends or nothing comes in time. */
async function answerOf(socket: Socket): Promise<string | null> {
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const ended = once(socket, 'close', { signal }).then(
    () => null,
    () => null,
  );
  const line = once(socket, 'data', { signal }).then(
    ([text]) => String(text).trim(),
    () => null,
  );
  return Promise.race([line, ended]);
}
