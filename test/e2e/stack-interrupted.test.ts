import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { processesIn } from '../../src/observe/process-identity.ts';
import { eventually } from '../support/eventually.ts';
import { expectNothingMarked, MARK, newMark, untilMarked } from '../support/marked-processes.ts';
import { type RunningCli, startCli } from '../support/run-cli.ts';
import { stackDir } from '../support/stack-dir.ts';

/** What follows the first signal sooner is the same request. */
const OTHER_REQUEST_MS = 700;

/** Sends a signal to who is still there. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Servers of the stack; they inherit no environment, but their files are all in its directory. */
const untilServers = (dir: string, atLeast: number): Promise<void> =>
  eventually(`${atLeast} processes of the stack`, () => processesIn(dir).length >= atLeast, { everyMs: 10 });

/** When the first Ctrl-C comes. */
const MOMENTS: Readonly<Record<string, (cli: RunningCli, dir: string) => Promise<void>>> = {
  'while its stack starts': (_, dir) => untilServers(dir, 1),
  'while it loads its stack': async (cli, dir) => {
    await cli.until(/load starts/);
    await untilServers(dir, 3);
  },
};

test.each(Object.entries(MOMENTS))('a run leaves nothing behind after Ctrl-C twice %s', async (_, moment) => {
  const dir = await stackDir();
  const out = join(dirname(dir), 'out');
  const mark = newMark();
  const args = ['run', 'quick', '--stack', 'single', '--stack-dir', dir, '--out', out, '--progress', 'plain'];
  const cli = startCli([...args, '--duration', '5m'], { env: { [MARK]: mark }, ownGroup: true });
  // As a terminal does: to the whole group.
  const interrupt = (): void => signal(-(cli.child.pid ?? 0), 'SIGINT');
  try {
    await moment(cli, dir);
    // The command and the guard of its stack.
    await untilMarked(mark, 2);
    // Postgres, or who makes its data: it does not react, so that the command waits and hears the second signal as well.
    const [first] = processesIn(dir);
    if (first !== undefined) signal(first.pid, 'SIGSTOP');
    interrupt();
    await cli.until(/SIGINT: /);
    await sleep(OTHER_REQUEST_MS);
    interrupt();
    expect(await cli.result).toMatchObject({ exitCode: 130 });
    await eventually('no process of the stack', () => processesIn(dir).length === 0 && !existsSync(dir));
    await expectNothingMarked(mark);
  } finally {
    await cli.stop();
  }
});
