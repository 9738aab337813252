import { createServer } from 'node:net';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';

/**
 * Ports are taken below the range from which systems make outgoing connections (Linux: 32768 on): a run opens
 * thousands of those, and one of them could sit on the port of a server that is being restarted.
 */
const FIRST = 20_000;
const LAST = 31_999;
const ATTEMPTS = 500;

/** Tries to listen on a port of 127.0.0.1; null where that works, else why it does not. */
export function tryPort(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(messageOf(error)));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/**
 * Takes one free port after the other, none twice.
 * @param random uniform in [0, 1)
 * @param spared ports that are somebody's although nobody listens there now
 */
export function portPicker(
  random: () => number = Math.random,
  spared: readonly number[] = [],
): () => Promise<number> {
  const taken = new Set(spared);
  return async () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const port = FIRST + Math.floor(random() * (LAST - FIRST + 1));
      if (taken.has(port) || (await tryPort(port)) !== null) continue;
      taken.add(port);
      return port;
    }
    throw new RelayBenchError(`no free port was found between ${FIRST} and ${LAST}`, {
      code: 'STACK_PORT_IN_USE',
      hint: 'see what listens there with `ss -ltnp`',
      exitCode: EXIT.unreachable,
    });
  };
}

/** @throws RelayBenchError `STACK_PORT_IN_USE` (exit 3) where something listens on `port` */
export async function requireFree(port: number, hint: string): Promise<void> {
  const problem = await tryPort(port);
  if (problem === null) return;
  throw new RelayBenchError(`port ${port} of 127.0.0.1 can't be used: ${problem}`, {
    code: 'STACK_PORT_IN_USE',
    hint,
    exitCode: EXIT.unreachable,
  });
}
