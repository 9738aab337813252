import { examinePrograms } from '../../stack/missing-packages.ts';
import type { CommandHost } from '../host.ts';
import { programPath } from '../stack/stack-dir.ts';
import type { Finding } from './examine.ts';
import { programFindings } from './programs.ts';

/** What is there, and what is missing, of the programs of a stack. */
export async function stackFindings({ io }: CommandHost): Promise<Finding[]> {
  const path = programPath(io.env);
  return programFindings(await examinePrograms(path), path);
}
