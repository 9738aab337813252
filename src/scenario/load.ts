import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { builtinNames, builtinPath } from './builtin.ts';
import { type CheckFault, type CheckGate, MAX_SCENARIO_BYTES, parseScenario } from './parse.ts';
import { scenarioError } from './problem.ts';
import type { Scenario } from './schema.ts';

/** A scenario as it is written, comments and all. */
export interface ScenarioText {
  readonly path: string;
  readonly text: string;
  readonly isBuiltin: boolean;
}

/** Anything with a directory or a suffix is a file, never the name of a built-in. */
const LOOKS_LIKE_FILE = /[/\\]|\.ya?ml$/i;

/**
 * The text of a built-in (by name) or of a file (by path).
 * @throws RelayBenchError `SCENARIO_NOT_FOUND`, `SCENARIO_UNREADABLE`
 */
export async function readScenario(nameOrPath: string): Promise<ScenarioText> {
  const isBuiltin = !LOOKS_LIKE_FILE.test(nameOrPath);
  const path = isBuiltin ? await pathOfBuiltin(nameOrPath) : nameOrPath;
  return { path, text: await readText(path), isBuiltin };
}

/**
 * Loads a scenario by built-in name or path.
 * @param checkGate says what is wrong with a gate's text, `gateProblem` of the gate layer
 * @param checkFault says what keeps a fault from happening to the target; default: nothing does
 * @throws RelayBenchError `SCENARIO_INVALID` with every problem on a line of its own, `SCENARIO_NOT_FOUND`,
 *   `SCENARIO_UNREADABLE`
 */
export async function loadScenario(
  nameOrPath: string,
  checkGate: CheckGate,
  checkFault?: CheckFault,
): Promise<Scenario> {
  const source = await readScenario(nameOrPath);
  const parsed = parseScenario(source.text, checkGate, checkFault);
  if ('problems' in parsed) throw scenarioError(nameOrPath, parsed.problems);
  return parsed.scenario;
}

/**
 * Name and description of every built-in, sorted by name.
 * @throws RelayBenchError `SCENARIO_INVALID` where a built-in was edited into something invalid
 */
export async function listBuiltins(): Promise<readonly Pick<Scenario, 'name' | 'description'>[]> {
  const names = await builtinNames();
  return Promise.all(names.map((name) => loadScenario(name, () => null)));
}

async function pathOfBuiltin(name: string): Promise<string> {
  const names = await builtinNames();
  if (names.includes(name)) return builtinPath(name);
  throw new RelayBenchError(`there is no built-in scenario "${name}"${didYouMean(name, names)}`, {
    code: 'SCENARIO_NOT_FOUND',
    hint: `built-in are ${names.join(', ')}; write a path such as ./${name}.yaml for a file`,
  });
}

/** Reads no more than it takes to see that a file is too large. */
async function readText(path: string): Promise<string> {
  try {
    return await text(createReadStream(path, { end: MAX_SCENARIO_BYTES }));
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new RelayBenchError(
      isMissing ? `there is no file ${path}` : `scenario ${path} can't be read: ${messageOf(cause)}`,
      {
        code: isMissing ? 'SCENARIO_NOT_FOUND' : 'SCENARIO_UNREADABLE',
        hint: '`relay-bench scenarios` lists the built-in scenarios',
        cause,
      },
    );
  }
}
