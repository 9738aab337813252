import { RelayBenchError } from '../base/errors.ts';
import type { RunRecord } from '../record/schema.ts';
import { bias } from '../record/validity.ts';

/** A record and what the user calls it. */
export interface NamedRun {
  readonly name: string;
  readonly record: RunRecord;
}

/** A relay of a contest and its runs. */
export interface ContenderRuns {
  readonly name: string;
  readonly runs: readonly NamedRun[];
}

export interface ComparableOptions {
  /** Whether runs of different machines may be compared. */
  readonly crossHost: boolean;
  /** Whether invalid runs may be put side by side; they prove nothing then, and the caller says so. */
  readonly allowInvalid?: boolean;
}

/** Something that must be the same in all runs of a comparison. */
interface Condition {
  readonly what: string;
  readonly of: (record: RunRecord) => string;
}

const CONDITIONS: readonly Condition[] = [
  { what: 'schema', of: ({ schemaVersion }) => `version ${schemaVersion.split('.')[0]}` },
  { what: 'scenario', of: ({ scenario }) => `${scenario.name} (sha256 ${scenario.sha256.slice(0, 12)}…)` },
  { what: 'corpus', of: ({ corpus }) => corpus.fingerprint },
  { what: 'kind of target', of: ({ target }) => target.kind },
];
const MACHINE: Condition = { what: 'machine', of: machineOf };

/** What may differ but should be known to the reader. */
const NOTEWORTHY: readonly Condition[] = [
  { what: 'version of relay-bench', of: ({ tool }) => tool.version },
  { what: 'Node.js', of: ({ tool }) => tool.node },
  { what: 'kernel', of: ({ environment }) => environment.kernel },
  { what: 'number of workers', of: ({ generator }) => String(generator.workers) },
  {
    what: 'place of the relay',
    of: ({ environment }) => (environment.sameHostAsTarget ? 'same machine' : 'other machine'),
  },
];

/**
 * Makes sure that runs can be compared.
 * @throws RelayBenchError `NOT_COMPARABLE` with every reason
 */
export function requireComparable(runs: readonly NamedRun[], options: ComparableOptions): void {
  const reasons = incomparable(runs, options);
  if (reasons.length === 0) return;
  const lines = reasons.map((reason) => `  ${reason}`);
  throw new RelayBenchError(["these runs can't be compared:", ...lines].join('\n'), {
    code: 'NOT_COMPARABLE',
    hint: 'compare complete, valid runs of the same scenario, whose generators kept up with their schedules; --cross-host allows different machines',
  });
}

/**
 * Makes sure that no run is named twice: a run that counts as several makes chance look like certainty.
 * @throws RelayBenchError `SAME_RUN_TWICE` with the two names
 */
export function requireDistinct(runs: readonly NamedRun[]): void {
  const names = new Map<string, string>();
  for (const { name, record } of runs) {
    const other = names.get(record.runId);
    if (other !== undefined) throw sameRun(other, name);
    names.set(record.runId, name);
  }
}

function sameRun(one: string, other: string): RelayBenchError {
  const what = one === other ? `${one} is named twice` : `${one} and ${other} are the same run`;
  return new RelayBenchError(`${what}: a run counts once, on one side`, {
    code: 'SAME_RUN_TWICE',
    hint: 'name records of different runs; copies of a file are still one run',
  });
}

/** Why these runs can't be compared, one sentence each; empty where they can. */
function incomparable(
  runs: readonly NamedRun[],
  { crossHost, allowInvalid = false }: ComparableOptions,
): string[] {
  return [
    ...runs.flatMap((run) => unusable(run, allowInvalid)),
    ...(crossHost ? CONDITIONS : [...CONDITIONS, MACHINE]).flatMap((condition) =>
      differences(runs, condition),
    ),
  ];
}

/** Differences that may explain a change, one sentence each. */
export function noteworthy(runs: readonly NamedRun[], { crossHost }: ComparableOptions): string[] {
  return (crossHost ? [...NOTEWORTHY, MACHINE] : NOTEWORTHY).flatMap((condition) =>
    differences(runs, condition),
  );
}

function unusable({ name, record }: NamedRun, allowInvalid: boolean): string[] {
  if (record.partial) return [`${name} was stopped before its end`];
  if (allowInvalid) return [];
  const [first] = bias(record);
  if (record.validity.verdict === 'invalid') return [`${name} is invalid: ${first}`];
  return first === undefined ? [] : [`the figures of ${name} may be too high: ${first}`];
}

/** One sentence for the first run that differs from the first of all. */
function differences(runs: readonly NamedRun[], { what, of }: Condition): string[] {
  const [first, ...others] = runs;
  if (first === undefined) return [];
  const other = others.find(({ record }) => of(record) !== of(first.record));
  if (other === undefined) return [];
  return [`another ${what}: ${of(first.record)} in ${first.name}, ${of(other.record)} in ${other.name}`];
}

function machineOf({ environment: { cpus, cpuModel, memoryBytes, os } }: RunRecord): string {
  return `${cpus} × ${cpuModel}, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${os}`;
}
