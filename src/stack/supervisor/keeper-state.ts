import type { Binaries } from '../binaries.ts';
import { readState, type StackState } from '../state.ts';

/**
 * The stack that the arguments of a supervisor or watcher name, with the programs that they name.
 * @param args directory of the stack, and its programs as JSON
 * @throws Error where there is none
 */
export function stackOfArguments([dir = '', binaries = '{}']: readonly string[]): StackState {
  const written = readState(dir);
  if (written === null) throw new Error(`${dir} holds no stack`);
  // Whoever starts this has looked for the programs; the file of the stack has no say in what is run.
  return { ...written, binaries: JSON.parse(binaries) as Binaries };
}

/** Writes a line of the log. */
export function log(text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}
