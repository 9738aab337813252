import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { isExecutable } from './executable.ts';
import { installAdvice } from './install.ts';

/** Programs of other people that a stack starts. */
export const PROGRAMS = {
  postgres: { needs: 14, package: 'postgresql' },
  initdb: { needs: 14, package: 'postgresql' },
  pg_basebackup: { needs: 14, package: 'postgresql' },
  'redis-server': { needs: 6.2, package: 'redis' },
  haproxy: { needs: 2.4, package: 'haproxy' },
  prometheus: { needs: 2.24, package: 'prometheus' },
} as const satisfies Record<string, { readonly needs: number; readonly package: PackageName }>;

export type ProgramName = keyof typeof PROGRAMS;
export type PackageName = 'postgresql' | 'redis' | 'haproxy' | 'prometheus';

/** A program that was found. */
export interface FoundProgram {
  readonly path: string;
  /** As it says itself, for example `15.18`. */
  readonly version: string;
}

/** What was found of one program, or why it can't be used. */
export type ProgramCheck =
  | { readonly ok: true; readonly name: ProgramName; readonly program: FoundProgram }
  | {
      readonly ok: false;
      readonly name: ProgramName;
      readonly problem: string;
      /** Whether a stack can do without. */
      readonly isOptional: boolean;
    };

/** Paths of every program that a stack needs. */
export type Binaries = Readonly<Partial<Record<ProgramName, string>>>;

const POSTGRES_PROGRAMS = ['postgres', 'initdb', 'pg_basebackup'] as const;
/** Without it the stack copies the files of a server itself; that of another Postgres would not do. */
const COPIER: ProgramName = 'pg_basebackup';
/** What only a stack needs that is observed. */
export const OBSERVER: ProgramName = 'prometheus';
const OPTIONAL: readonly ProgramName[] = [COPIER, OBSERVER];
const POSTGRES_ROOTS = ['/usr/lib/postgresql', '/usr/libexec', '/usr/local/opt', '/opt/homebrew/opt'];
const USUAL_PLACES = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];
const VERSION_TIMEOUT_MS = 5_000;
/** For whoever wants the Postgres of npm; it installs what else is missing too. */
const NPM_ADVICE = 'run `relay-bench stack install --postgres npm`';

const run = promisify(execFile);

/** Programs that `kinds` of services need. */
export function programsFor(kinds: ReadonlySet<string>): ProgramName[] {
  return [
    ...(kinds.has('postgres') ? POSTGRES_PROGRAMS : []),
    ...(kinds.has('redis-pubsub') || kinds.has('redis-cache') ? (['redis-server'] as const) : []),
    ...(kinds.has('haproxy') || kinds.has('region') ? (['haproxy'] as const) : []),
    ...(kinds.has('prometheus') ? [OBSERVER] : []),
  ];
}

/**
 * Looks for programs on PATH and in the places where distributions and Homebrew put them, and asks each for its
 * version.
 * @param path the PATH to search
 * @param postgresHome folder of the only Postgres that will do
 */
export async function findPrograms(
  names: readonly ProgramName[],
  path: string,
  postgresHome?: string,
): Promise<ProgramCheck[]> {
  const directories = [
    ...path.split(delimiter).filter((dir) => dir !== ''),
    ...postgresDirs(),
    ...USUAL_PLACES,
  ];
  const ofPostgres = postgresHome === undefined ? homeOfPostgres(directories) : [postgresHome];
  return Promise.all(
    names.map((name) =>
      findProgram(name, PROGRAMS[name].package === 'postgresql' ? ofPostgres : directories),
    ),
  );
}

/**
 * Programs of one Postgres belong together: those of another version refuse its data. The first place that has all of
 * them is taken, then the first that has those that are needed.
 */
function homeOfPostgres(directories: readonly string[]): readonly string[] {
  const first = (names: readonly ProgramName[]): string | undefined =>
    directories.find((directory) => names.every((name) => isExecutable(join(directory, name))));
  const home = first(POSTGRES_PROGRAMS) ?? first(POSTGRES_PROGRAMS.filter((name) => name !== COPIER));
  return home === undefined ? directories : [home];
}

/**
 * As {@link findPrograms}, all or nothing.
 * @throws RelayBenchError `STACK_BINARY_MISSING` (exit 3) with the command that installs what is missing
 */
export async function requirePrograms(
  names: readonly ProgramName[],
  path: string,
  postgresHome?: string,
): Promise<Binaries> {
  const findings = await findPrograms(names, path, postgresHome);
  // Who names it needs it.
  const problems = missingAmong(findings, [OBSERVER]);
  if (problems.length > 0) {
    const packages = new Set(problems.map(({ name }) => PROGRAMS[name].package));
    throw new RelayBenchError(problems.map(({ problem }) => problem).join('; '), {
      code: 'STACK_BINARY_MISSING',
      hint: postgresHome === undefined ? installAdvice([...packages], path) : NPM_ADVICE,
      exitCode: EXIT.unreachable,
    });
  }
  return Object.fromEntries(
    findings.flatMap((finding) => (finding.ok ? [[finding.name, finding.program.path]] : [])),
  );
}

/**
 * What a stack cannot do without.
 * @param wanted optional programs that it is to have, too
 */
export function missingAmong(
  findings: readonly ProgramCheck[],
  wanted: readonly ProgramName[] = [],
): (ProgramCheck & { readonly ok: false })[] {
  return findings.flatMap((finding) =>
    finding.ok || (finding.isOptional && !wanted.includes(finding.name)) ? [] : [finding],
  );
}

async function findProgram(name: ProgramName, directories: readonly string[]): Promise<ProgramCheck> {
  const fail = (problem: string, isOptional = false): ProgramCheck => ({
    ...{ ok: false, name, problem, isOptional },
  });
  const path = directories.map((directory) => join(directory, name)).find(isExecutable);
  if (path === undefined) return fail(`${name} is not installed`, OPTIONAL.includes(name));
  const version = await versionOf(path, name);
  const { needs } = PROGRAMS[name];
  if (version === null) return fail(`${path} does not report its version`);
  if (!isAtLeast(version, needs)) return fail(`${path} is version ${version}, ${needs} or newer is needed`);
  return { ok: true, name, program: { path, version } };
}

/** Whether a version such as `7.0.15` is at least a number such as 6.2. */
export function isAtLeast(version: string, needs: number): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = String(needs).split('.').map(Number);
  return major > needMajor || (major === needMajor && minor >= needMinor);
}

async function versionOf(path: string, name: ProgramName): Promise<string | null> {
  const args = name === 'haproxy' ? ['-v'] : ['--version'];
  try {
    const { stdout } = await run(path, args, { timeout: VERSION_TIMEOUT_MS });
    return parseVersion(stdout);
  } catch {
    // It does not even run (wrong architecture, missing libraries): as good as no version.
    return null;
  }
}

/** The version in `postgres (PostgreSQL) 15.18 (Debian …)`, `Redis server v=7.0.15 sha=…`, `HAProxy version 2.6.12-1+…`. */
export function parseVersion(text: string): string | null {
  return /(?:\(PostgreSQL\) |v=|version )(\d+(?:\.\d+)*)/.exec(text)?.[1] ?? null;
}

/** Folders of Postgres programs, newest first; they are never on PATH on Debian. */
function postgresDirs(): string[] {
  return POSTGRES_ROOTS.flatMap((root) =>
    entriesOf(root)
      .filter((entry) => /^(postgresql(@|-)?)?\d+$/.test(entry))
      .sort((a, b) => Number(b.replace(/\D/g, '')) - Number(a.replace(/\D/g, '')))
      .map((entry) => (root === '/usr/libexec' ? join(root, entry) : join(root, entry, 'bin'))),
  );
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
