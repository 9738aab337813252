import { type ReadText, readTextFile } from './proc.ts';

/** Numbers of the cores that this process may use, ascending; null where the system does not tell. */
export function allowedCores(readText: ReadText = readTextFile): readonly number[] | null {
  try {
    return parseCoreList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(readText('/proc/self/status'))?.[1] ?? '');
  } catch {
    // No /proc: who asks says that it is not known.
    return null;
  }
}

/** A list of cores as Linux writes it, such as `0-3,8`; null where it is none. See cpuset(7), "List Format". */
export function parseCoreList(list: string): readonly number[] | null {
  const cores: number[] = [];
  for (const part of list.split(',')) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (first === undefined) return null;
    for (let core = Number(first); core <= Number(last); core++) cores.push(core);
  }
  return cores;
}
