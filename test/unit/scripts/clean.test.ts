import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'clean-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function make(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
  }
}

/** Which of `paths` are left. */
function clean(paths: string[], ...flags: string[]): string[] {
  make('src/cli/main.ts', ...paths);
  const { status, stderr } = spawnSync('node', ['scripts/clean.mjs', ...flags, root], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return paths.filter((path) => existsSync(join(root, path)));
}

const CURRENT = ['dist/cli/main.js', 'dist/cli/main.d.ts', 'dist/.tsbuildinfo'];

it('keeps what is made of a source file, and what tsc remembers of it', () => {
  expect(clean(CURRENT)).toEqual(CURRENT);
});

it('removes what no source file makes any more: renamed modules, source maps', () => {
  const stale = ['dist/cli/main.js.map', 'dist/cli/gone.js', 'dist/old/gone.d.ts'];
  expect(clean([...CURRENT, ...stale])).toEqual(CURRENT);
});

it('removes everything where tsc would not know what it has built', () => {
  expect(clean(['dist/cli/main.js'])).toEqual([]);
});

it('removes everything with --all', () => {
  expect(clean(CURRENT, '--all')).toEqual([]);
});
