import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('names the places where a plain object is keyed by any text, and leaves closed keys alone', () => {
  const lines = [
    'const counts: Record<string, number> = {};',
    'export function written(word: string) { counts[word] = 1; }',
    'export function read(word: string) { return counts[word + "_max"]; }',
    'export function closed(word: "a" | "b") { return counts[word]; }',
    'export function row(rows: number[], at: number) { return rows[at]; }',
  ];
  writeFileSync(join(folder, 'it.ts'), lines.join('\n'));
  const { status, stderr } = spawnSync('node', ['scripts/check-keys.mjs', folder], { encoding: 'utf8' });
  const found = [...stderr.matchAll(/it\.ts:(\d+) (.*)/g)].map(([, line, text]) => `${line} ${text}`);
  expect({ status, found }).toEqual({ status: 1, found: ['2 counts[word]', '3 counts[word + "_max"]'] });
});

it('fails where it has looked at nothing', () => {
  const { status } = spawnSync('node', ['scripts/check-keys.mjs', folder]);
  expect(status).toBe(1);
});
