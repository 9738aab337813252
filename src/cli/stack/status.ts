import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../../base/exit-codes.ts';
import { readStatus } from '../../stack/status.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';
import { watchInterruption } from '../interruption.ts';
import { sizeOf } from '../io.ts';
import { renderStatus } from './render-status.ts';
import { requireStack } from './running-stack.ts';

export interface StatusFlags {
  readonly dir?: string;
  readonly json: boolean;
  readonly watch: boolean;
  /** With the ports. */
  readonly wide: boolean;
}

/** Clears the screen and goes to its top left corner. */
const CLEAR = '\u001b[2J\u001b[H';

/** `stack status`: every process of the stack; exit 3 where one of them can't serve. */
export async function runStatus({ dir, json, watch, wide }: StatusFlags, host: CommandHost): Promise<void> {
  const { io } = host;
  const print = async (): Promise<boolean> => {
    const status = await readStatus(requireStack(dir, host));
    const colour = wantsColour(host.colourFlag(), io.env, io.stdout);
    const text = json
      ? `${JSON.stringify(status)}\n`
      : renderStatus(status, { colour, columns: sizeOf(io.stdout).columns, wide });
    const clear = watch && !json && io.stdout.isTTY === true ? CLEAR : '';
    io.stdout.write(clear + text);
    return status.services.every(({ problem }) => problem === null);
  };
  if (watch) await repeat(print, host);
  else if (!(await print())) host.finish(EXIT.unreachable);
}

/** Prints until a signal ends it, which is its normal end. Each look takes a second by itself. */
async function repeat(print: () => Promise<boolean>, { io }: CommandHost): Promise<void> {
  const interruption = watchInterruption({ io, onFirst: () => undefined, onHardStop: async () => undefined });
  try {
    while (interruption.received() === null) {
      await print();
      await sleep(500);
    }
  } finally {
    interruption.dispose();
  }
}
