import { isAbsolute, join } from 'node:path';

/**
 * Where this program keeps what must outlive a run, by the XDG Base Directory Specification:
 * `$XDG_STATE_HOME/relay-bench`, by default `~/.local/state/relay-bench`. A relative path in the variable is
 * invalid there and ignored.
 * @param home of the user
 */
export function stateDir(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const base = env['XDG_STATE_HOME'] ?? '';
  return join(isAbsolute(base) ? base : join(home, '.local', 'state'), 'relay-bench');
}
