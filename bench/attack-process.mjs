// An attack in a process of its own: it must not take the time of the honest client. Run as a program it is that process.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { standBack } from '../dist/stack/priority.js';

const PROGRAM = fileURLToPath(import.meta.url);
const START_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 15_000;
/** A flood on a starved machine may not get round to it; it has attacked all the same. */
const TOO_BUSY = 'it was too busy to say what it did';

/** Begins an attack; resolves when it is under way. */
export async function startAttack(path, url, { doServersStandBack = false, ...options }) {
  const child = fork(PROGRAM, [path, url, JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  const ended = once(child, 'exit');
  // Attackers are elsewhere: here they must not be given the cores before servers that stand back for a load generator.
  if (doServersStandBack && child.pid !== undefined) await standBack(child.pid);
  const answer = async (deadlineMs) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, deadlineMs);
    const [message] = await Promise.race([
      once(child, 'message'),
      ended.then(() => [isLate ? { told: TOO_BUSY } : { failed: 'it ended by itself' }]),
    ]);
    clearTimeout(timer);
    if (message.failed !== undefined) throw new Error(`the attack ${path} failed: ${message.failed}`);
    return message;
  };
  const begun = await answer(START_DEADLINE_MS);
  if (begun.told !== undefined) throw new Error(`the attack ${path} did not begin: ${begun.told}`);
  return {
    /** @returns what the attack did and was told, in words */
    stop: async () => {
      const told = answer(STOP_DEADLINE_MS);
      child.send('stop');
      const message = await told;
      child.kill('SIGKILL');
      await ended;
      return message.told;
    },
  };
}

/** @param {readonly string[]} args of the program: module, URL, options as JSON */
async function main(args) {
  const [path = '', url = '', options = '{}'] = args;
  const { default: attack } = await import(pathToFileURL(path).href);
  const running = await attack.start(url, JSON.parse(options));
  process.once('message', async () => {
    try {
      await running.stop();
      process.send?.({ told: running.told });
    } catch (error) {
      process.send?.({ failed: error.message });
    }
  });
  process.send?.({ started: true });
}

if (process.argv[1] === PROGRAM && process.send !== undefined) {
  // The runner has gone.
  process.on('disconnect', () => process.exit(1));
  await main(process.argv.slice(2)).catch((error) => process.send?.({ failed: error.message }));
}
