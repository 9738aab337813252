import { geteuid } from 'node:process';
import { RelayBenchError } from '../../base/errors.ts';
import { presenceOf, processNameOf, unreadableOf } from '../../observe/process-facts.ts';
import { familyOf, identifyProcess } from '../../observe/process-identity.ts';
import type { WatchedProcess } from '../../observe/sample-processes.ts';
import { isThisMachine, type ResolvedTarget } from '../target.ts';
import type { RelayFlag } from './relay-flag.ts';
import { diskFigures, rememberedFor } from './watched-relay.ts';

/** Processes of a relay that runs already, named by `--process`. */
export interface Observed {
  readonly processes: readonly WatchedProcess[];
  /** What of them can't be read, one sentence each. */
  readonly caveats: readonly string[];
}

/** As {@link rememberedFor} has it. */
const FAMILY_MS = 500;

/** The flags that decide what `--process` may name. */
interface ProcessFlags {
  readonly process?: readonly number[];
  readonly relay?: readonly RelayFlag[];
}

/**
 * Finds the processes that `--process` names, as they are now: one that ends and whose number another one gets is gone.
 * @throws RelayBenchError `PROCESS_NEEDS_RELAY` where no relay runs already, `PROCESS_NOT_FOUND`
 */
export function observedProcesses({ process: pids = [], relay = [] }: ProcessFlags): Observed {
  if (pids.length === 0) return { processes: [], caveats: [] };
  const given = relay.filter(({ command }) => command === null);
  if (given.length === 0) {
    throw new RelayBenchError('--process samples a relay that runs already, and this run has none', {
      code: 'PROCESS_NEEDS_RELAY',
      hint: 'name it with --relay URL; what a run starts itself is sampled without --process',
    });
  }
  const distinct = [...new Set(pids)];
  const [first] = given;
  const alone = distinct.length === 1 && given.length === 1 ? (first?.name ?? null) : null;
  const found = distinct.map((pid) => observe(pid, alone));
  return {
    processes: found.map(({ watched }) => watched),
    caveats: found.flatMap(({ caveat }) => caveat ?? []),
  };
}

/** @throws RelayBenchError `PROCESS_ELSEWHERE` where no relay is on this machine, so that no process here can be it */
export function requireHere({ processes }: Observed, given: readonly ResolvedTarget[]): void {
  if (processes.length === 0 || given.some(isThisMachine)) return;
  throw new RelayBenchError('--process names a process of this machine, and the relay is on another one', {
    code: 'PROCESS_ELSEWHERE',
    hint: 'run relay-bench beside the relay, or leave --process out',
  });
}

interface Found {
  readonly watched: WatchedProcess;
  readonly caveat: string | null;
}

function observe(pid: number, alone: string | null): Found {
  if (presenceOf(pid) === 'gone') {
    throw new RelayBenchError(`--process ${pid}: no such process runs`, {
      code: 'PROCESS_NOT_FOUND',
      hint: 'find the process of the relay with `pgrep -a NAME` or `ss -ltnp`',
    });
  }
  const identity = identifyProcess(pid);
  const name = alone ?? `${processNameOf(pid) ?? 'process'} (${pid})`;
  const familyNow = rememberedFor(FAMILY_MS, () => (identity === null ? [pid] : familyOf(identity)));
  return {
    watched: {
      name,
      role: 'running relay',
      pid,
      familyNow,
      readFigures: diskFigures(familyNow, null),
    },
    caveat: unreadableOf(pid, name, geteuid?.() ?? null),
  };
}
