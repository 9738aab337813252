import { RelayBenchError } from '../base/errors.ts';

/** Something wrong in a scenario file, and where. */
export interface Problem {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** Keys and indices joined by dots, for example `phases.0.duration`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** More than anyone corrects at once. */
const MOST_SHOWN = 50;

/** `line:column path: message`. */
export function formatProblem({ line, column, path, message }: Problem): string {
  return `${line}:${column} ${path === '' ? '' : `${path}: `}${message}`;
}

/** The error of a scenario that can't be used, one problem a line after the name of the file. */
export function scenarioError(source: string, problems: readonly Problem[]): RelayBenchError {
  const lines = problems.slice(0, MOST_SHOWN).map((problem) => `  ${formatProblem(problem)}`);
  const more = problems.length - lines.length;
  if (more > 0) lines.push(`  … and ${more} more`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new RelayBenchError([`scenario ${source} has ${count}:`, ...lines].join('\n'), {
    code: 'SCENARIO_INVALID',
    hint: '`relay-bench scenarios schema` prints what a scenario may hold, `scenarios show quick` an example',
  });
}
