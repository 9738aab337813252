import { OBSERVER, PROGRAMS, type ProgramCheck, type ProgramName } from '../../stack/binaries.ts';
import { installAdvice } from '../../stack/install.ts';
import { examinePrograms } from '../../stack/missing-packages.ts';
import type { CommandHost } from '../host.ts';
import { programPath } from '../stack/stack-dir.ts';
import type { MachineCheck } from './examine.ts';

/** What each program is for. */
const ALLOWS: Readonly<Record<ProgramName, string>> = {
  postgres: 'Postgres of a stack',
  initdb: 'new databases of a stack',
  pg_basebackup: 'replicas that are rebuilt',
  'redis-server': 'pub/sub and cache of a stack',
  haproxy: 'the load balancer of a stack',
  prometheus: 'a stack that is observed (`stack up --observe`)',
};

/** What a stack does without an optional one. */
const MISSING: ReadonlyMap<ProgramName, string> = new Map([
  ['pg_basebackup', 'missing: files are copied without it'],
  [OBSERVER, 'missing: only `stack up --observe` needs it'],
]);

/** The programs of a stack as `doctor` shows them: without one runs still work, stacks do not. */
export function programChecks(programs: readonly ProgramCheck[], path: string): MachineCheck[] {
  return programs.map((check) => {
    const base = { name: check.name, allows: ALLOWS[check.name] };
    if (check.ok) return { ...base, verdict: 'ok', value: check.program.version };
    return check.isOptional
      ? { ...base, verdict: 'ok', value: MISSING.get(check.name) ?? 'missing' }
      : {
          ...base,
          verdict: 'warning',
          value: 'missing',
          advice: `${check.problem}: ${installAdvice([PROGRAMS[check.name].package], path)}`,
        };
  });
}

/** What is there, and what is missing, of the programs of a stack. */
export async function stackChecks({ io }: CommandHost): Promise<MachineCheck[]> {
  const path = programPath(io.env);
  return programChecks(await examinePrograms(path), path);
}
