import { childrenOf } from '../../observe/process-tree.ts';
import { standBack } from '../priority.ts';
import { findProcess } from '../processes.ts';
import type { Service } from '../state.ts';

/** It has ended meanwhile, or the kernel keeps no lists of children. */
const NO_LIST = ['ENOENT', 'ESRCH'];

/**
 * Lets the processes of Postgres stand back as their parent does: each begins a session of its own, and with it a
 * group that competes as everybody does.
 */
export class Backends {
  readonly #nodes: readonly Service[];
  #known: ReadonlySet<number> = new Set();
  #isBusy = false;

  constructor(nodes: readonly Service[]) {
    this.#nodes = nodes;
  }

  /** Looks for new ones; one look at a time, since users may change one group every tenth of a second. */
  async look(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      const pids = this.#nodes.flatMap(backendsOf);
      const isNew = (pid: number): boolean => !this.#known.has(pid);
      for (const pid of pids.filter(isNew)) await standBack(pid);
      this.#known = new Set(pids);
    } finally {
      this.#isBusy = false;
    }
  }
}

/** None where the server does not run, or the kernel keeps no lists of children. */
function backendsOf(node: Service): number[] {
  const server = findProcess(node);
  if (server === null) return [];
  try {
    return childrenOf(server.pid);
  } catch (error) {
    if (!NO_LIST.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return [];
  }
}
