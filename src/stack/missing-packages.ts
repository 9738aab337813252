import {
  findPrograms,
  missingAmong,
  type PackageName,
  PROGRAMS,
  type ProgramCheck,
  type ProgramName,
} from './binaries.ts';

/** Every program that some stack needs. */
export const ALL_PROGRAMS = Object.keys(PROGRAMS) as readonly ProgramName[];

/** What was found of every program of a stack, see {@link findPrograms}. */
export function examinePrograms(path: string, postgresHome?: string): Promise<ProgramCheck[]> {
  return findPrograms(ALL_PROGRAMS, path, postgresHome);
}

/**
 * The packages behind programs that are missing or too old, each once.
 * @param wanted optional programs that are to be there, too
 */
export function packagesOf(
  findings: readonly ProgramCheck[],
  wanted: readonly ProgramName[] = [],
): PackageName[] {
  return [...new Set(missingAmong(findings, wanted).map(({ name }) => PROGRAMS[name].package))];
}
