import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { identifyProcess, isAlive, type ProcessIdentity } from '../observe/process-identity.ts';

/**
 * Lets one command at a time start or stop the stack in `dir`. The lock of a command that has died is taken over.
 * @throws RelayBenchError `STACK_BUSY` (exit 3)
 */
export async function withLock<T>(dir: string, action: () => Promise<T>): Promise<T> {
  const path = join(dir, 'lock');
  const holder = readHolder(path);
  if (holder !== null && isAlive(holder)) {
    throw new RelayBenchError(`process ${holder.pid} is starting or stopping this stack`, {
      code: 'STACK_BUSY',
      hint: 'wait for its end, or end it',
      exitCode: EXIT.unreachable,
    });
  }
  if (holder !== null) await rm(path, { force: true });
  await writeFile(path, JSON.stringify(identifyProcess(pid)), { flag: 'wx' });
  try {
    return await action();
  } finally {
    await rm(path, { force: true });
  }
}

function readHolder(path: string): ProcessIdentity | null {
  try {
    const { pid: holder, startTicks } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>;
    return { pid: holder ?? 0, startTicks: startTicks ?? 0 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    // Half a lock is the lock of a command that was killed while it wrote it.
    return { pid: 0, startTicks: 0 };
  }
}
