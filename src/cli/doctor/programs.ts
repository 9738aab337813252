import type { ProgramFinding, ProgramName } from '../../stack/binaries.ts';
import { PROGRAMS } from '../../stack/binaries.ts';
import { installAdvice } from '../../stack/install.ts';
import type { Finding } from './examine.ts';

/** What each program is for. */
const ALLOWS: Readonly<Record<ProgramName, string>> = {
  postgres: 'Postgres of a stack',
  initdb: 'new databases of a stack',
  pg_basebackup: 'replicas that are made anew',
  'redis-server': 'pub/sub and cache of a stack',
  haproxy: 'the load balancer of a stack',
};

/** The programs of a stack as `doctor` shows them: without one runs still work, stacks do not. */
export function programFindings(programs: readonly ProgramFinding[], path: string): Finding[] {
  return programs.map((finding) => {
    const base = { name: finding.name, allows: ALLOWS[finding.name] };
    if (finding.ok) return { ...base, verdict: 'ok', value: finding.program.version };
    return finding.isOptional
      ? { ...base, verdict: 'ok', value: 'missing: files are copied without it' }
      : {
          ...base,
          verdict: 'warning',
          value: 'missing',
          advice: `${finding.problem}: ${installAdvice([PROGRAMS[finding.name].package], path)}`,
        };
  });
}
