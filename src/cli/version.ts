import { readFileSync } from 'node:fs';
import { version as nodeVersion } from 'node:process';

/** Name and version of this program and of the Node that runs it, as the record states them. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  readonly node: string;
}

/** Reads the program's own package.json, which lies two directories above both `src/cli` and `dist/cli`. */
export function readTool(): Tool {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { name, version } = JSON.parse(text) as { name: string; version: string };
  return { name, version, node: nodeVersion };
}
