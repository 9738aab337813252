import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Cleans up where this process can't do it any more. */
export interface Guard {
  /** One line that the script reads before it waits, for what is known only later. */
  tell(line: string): void;
  /** This process has cleaned up itself: the guard goes without doing anything. Resolves when it has gone. */
  release(): Promise<void>;
}

/**
 * Starts a shell that waits for the end of this process, whatever ends it (SIGKILL, a crash, the kernel's memory killer),
 * and then runs a script. It waits at a pipe that nobody but this process holds open, in a session of its own, so that no
 * Ctrl-C reaches it.
 * @param script what to do; `$1`, `$2` … are `args`, `$told` is what `tell` was given
 * @throws Error where no shell can be started
 */
export async function startGuard(script: string, args: readonly string[]): Promise<Guard> {
  const waiting = `read -r told; read -r _\n${script}`;
  const child = spawn('/bin/sh', ['-c', waiting, 'relay-bench-guard', ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  await once(child, 'spawn');
  child.unref();
  // A guard that somebody has ended can't be told anything; the clean-up of this process does without it.
  child.stdin.on('error', () => undefined);
  return {
    tell: (line) => {
      child.stdin.write(`${line}\n`);
    },
    release: async () => {
      const hasGone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
      // It kept no one waiting until now.
      child.ref();
      child.kill('SIGKILL');
      child.stdin.destroy();
      await hasGone;
    },
  };
}
