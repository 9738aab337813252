import { lstatSync } from 'node:fs';
import { join } from 'node:path';

/** The part of a state that names places. */
export interface StatePaths {
  readonly dir: string;
  readonly services: readonly { readonly name: string; readonly dir: string }[];
}

/** Names become directories: `relay-2`, `haproxy-db`. */
const NAME = /^[a-z]+(?:-[a-z]+)*(?:-\d{1,3})?$/;

/**
 * Why a state can't be that of the stack in `dir`, null where it can: it names that directory, and each service has the
 * directory of its own name in it, which is no link to another one. What a stack removes, it removes there.
 * @param dir where the state was found, without symbolic links
 */
export function problemOfPaths({ dir: named, services }: StatePaths, dir: string): string | null {
  if (named !== dir) return `it is that of a stack in ${named}`;
  const names = new Set<string>();
  for (const { name, dir: place } of services) {
    if (!NAME.test(name)) return `"${name}" is no name of a service`;
    if (names.has(name)) return `${name} is there twice`;
    names.add(name);
    if (place !== join(named, name)) return `the directory of ${name} is ${place}, outside of it`;
    const stats = lstatSync(place, { throwIfNoEntry: false });
    if (stats !== undefined && !stats.isDirectory()) return `${place} is no directory`;
  }
  return null;
}
