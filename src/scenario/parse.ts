import { LineCounter, parseDocument } from 'yaml';
import { messageOf } from '../base/errors.ts';
import { withoutMark } from '../base/text.ts';
import { issueText, unknownKeyText, valueAt } from './issue-text.ts';
import { Positions } from './position.ts';
import type { Problem } from './problem.ts';
import { type Scenario, scenarioSchema } from './schema.ts';

/** What is wrong with a gate's text, or null. */
export type CheckGate = (expression: string) => string | null;

/** What keeps a fault from happening to the target of a run, by the key that it is about; null where nothing does. */
export type CheckFault = (fault: {
  readonly on: string;
  readonly action: string;
}) => { readonly key: 'on' | 'action'; readonly message: string } | null;

const ANY_TARGET: CheckFault = () => null;

export type ParsedScenario = { readonly scenario: Scenario } | { readonly problems: readonly Problem[] };

/** A scenario is written by hand; anything larger is not one. */
export const MAX_SCENARIO_BYTES = 128 * 1024;
/** Beyond this a file is no scenario, and finding the place of each problem takes its time. */
const MAX_PROBLEMS = 1_000;
/** Aliases multiply what a small file expands to. */
const MAX_ALIASES = 100;

/**
 * Reads the text of a scenario file and reports everything that is wrong with it at once.
 * @param checkFault looks at faults as the target of a run has them; default: as some target could have them
 */
export function parseScenario(
  source: string,
  checkGate: CheckGate,
  checkFault: CheckFault = ANY_TARGET,
): ParsedScenario {
  const text = withoutMark(source);
  if (Buffer.byteLength(text) > MAX_SCENARIO_BYTES) {
    return { problems: [{ line: 1, column: 1, path: '', message: 'is larger than 128 KiB' }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const positions = new Positions(document, lines);
  const broken = [...document.errors, ...document.warnings].map(({ pos, code, message }) => ({
    ...positions.ofOffset(pos[0]),
    path: '',
    message: code === 'MULTIPLE_DOCS' ? 'a scenario file holds one document' : message,
  }));
  if (broken.length > 0) return { problems: broken };
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    return { problems: [{ line: 1, column: 1, path: '', message: messageOf(error) }] };
  }
  const result = scenarioSchema.safeParse(data);
  const problems = [
    ...(result.success ? [] : schemaProblems(result.error.issues, data, positions)),
    ...gateProblems(data, checkGate, positions),
    ...(result.success ? faultProblems(result.data, checkFault, positions) : []),
  ].sort((a, b) => a.line - b.line || a.column - b.column);
  return result.success && problems.length === 0 ? { scenario: result.data } : { problems };
}

type Issue = Parameters<typeof issueText>[0];

function schemaProblems(issues: readonly Issue[], data: unknown, positions: Positions): readonly Problem[] {
  const single = issues.flatMap((issue): { issue: Issue; key?: string }[] =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ issue, key })) : [{ issue }],
  );
  return single.slice(0, MAX_PROBLEMS).map(({ issue, key }) => ({
    path: issue.path.join('.'),
    ...(key === undefined
      ? { ...positions.ofValue(issue.path), message: issueText(issue, data) }
      : { ...positions.ofKey(issue.path, key), message: unknownKeyText(key, issue.path) }),
  }));
}

function faultProblems(
  { faults = [] }: Scenario,
  checkFault: CheckFault,
  positions: Positions,
): readonly Problem[] {
  return faults.flatMap((fault, index) => {
    const found = checkFault(fault);
    if (found === null) return [];
    const path = ['faults', index, found.key];
    return [{ ...positions.ofValue(path), path: path.join('.'), message: found.message }];
  });
}

/** Gates are looked at even where the rest is wrong: all problems at once. */
function gateProblems(data: unknown, checkGate: CheckGate, positions: Positions): readonly Problem[] {
  const gates = valueAt(data, ['gates']);
  if (!Array.isArray(gates)) return [];
  return gates.flatMap((gate: unknown, index) => {
    const message = typeof gate === 'string' ? checkGate(gate) : null;
    if (message === null) return [];
    return [{ ...positions.ofValue(['gates', index]), path: `gates.${index}`, message }];
  });
}
