import process from 'node:process';

/**
 * Sends a signal to a process, or to a group where the number is negative; 0 only looks.
 * @returns false where nobody is there any more, which may happen at any moment
 * @throws Error of the system for any other reason (EPERM)
 */
export function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}
