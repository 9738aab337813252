import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Two levels above both `src/scenario` and `dist/scenario`. */
const DIRECTORY = new URL('../../scenarios/', import.meta.url);
const SUFFIX = '.yaml';

/** Names of the scenarios that come with the program, sorted. */
export async function builtinNames(): Promise<readonly string[]> {
  const files = await readdir(DIRECTORY);
  return files
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

/** Path of a built-in scenario's file; `name` must be one of `builtinNames`. */
export function builtinPath(name: string): string {
  return fileURLToPath(new URL(`${name}${SUFFIX}`, DIRECTORY));
}

/** Path of the scenario of a part of the `suite` command; these are no built-ins that `run` knows by name. */
export function suiteScenarioPath(name: string): string {
  return fileURLToPath(new URL(`suite/${name}${SUFFIX}`, DIRECTORY));
}
