import { writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** How far servers stand back behind what else runs here (niceness; 19 would be the most). */
const NICENESS = 10;
/**
 * It has ended already, which its readiness check tells; this system has no such groups; or it does not let them be
 * changed: then the server competes as everybody does.
 */
const HARMLESS = ['ESRCH', 'ENOENT', 'EACCES', 'EPERM', 'EROFS', 'EAGAIN'];
/** Linux lets users change the group of a session ten times a second, all users together. */
const ATTEMPTS = 30;
const RETRY_MS = 60;

/**
 * Lets a server stand back behind the load generator on the same machine: that one needs little time, but on time,
 * and a run whose generator was late proves nothing. Where a core is free it changes nothing.
 *
 * Linux groups processes by session (autogroup) and compares priorities within a group only; a server leads a session
 * of its own, so that its group stands back as well.
 * @param pid of a process that leads its session
 */
export async function standBack(pid: number): Promise<void> {
  try {
    setPriority(pid, NICENESS);
    await setGroupNiceness(`/proc/${pid}/autogroup`);
  } catch (error) {
    if (!HARMLESS.includes(codeOf(error))) throw error;
  }
}

async function setGroupNiceness(path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFile(path, `${NICENESS}\n`);
      return;
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN' || attempt === ATTEMPTS) throw error;
      await sleep(RETRY_MS);
    }
  }
}

function codeOf(error: unknown): string {
  const { code = '', info } = error as NodeJS.ErrnoException & { info?: { code?: string } };
  return info?.code ?? code;
}
