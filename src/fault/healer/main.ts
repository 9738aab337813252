/** Entry of what heals the stack in the directory of its argument, for whoever broke it and has died since. */

import process from 'node:process';
import { readState } from '../../stack/state.ts';
import { healStack } from '../heal.ts';

async function main(dir: string): Promise<void> {
  const state = readState(dir);
  const problems = state === null ? [] : await healStack(state);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(problems.length === 0 ? 0 : 1);
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
