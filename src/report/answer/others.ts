import type { RunRecord } from '../../record/schema.ts';
import { number } from '../quantity.ts';

/** Other programs that took less than this part of the machine are not what a run suffers from. */
const LEAST_SHARE = 0.1;
const MOST_NAMED = 2;

/** `postgres and firefox used 1.6 of 2 cores`; null where nobody took a good part of them, or where that is unknown. */
export function whoUsedTheCores({ environment: { cpus, others } }: RunRecord): string | null {
  if (others === undefined || others.cores < LEAST_SHARE * cpus) return null;
  const names = others.programs.slice(0, MOST_NAMED).map(({ name }) => name);
  const rest = others.programs.length > MOST_NAMED ? ['others'] : [];
  return `${listed([...names, ...rest])} used ${number(Math.round(others.cores * 10) / 10)} of ${cpus} cores`;
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return 'other programs';
  return names.length === 1 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
