import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-schemas-'));
  write('1.0.0', { type: 'object', required: ['a', 'b'] });
  check('--release');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(version: string, schema: object, name = 'run'): void {
  const text = JSON.stringify({ title: `${name}.json ${version}`, ...schema });
  writeFileSync(join(folder, `${name}.schema.json`), text);
}

function check(...flags: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync('node', ['scripts/check-schemas.mjs', ...flags, folder], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

const ADDED = { type: 'object', required: ['a', 'b'], properties: { c: {} } };

it('fails where a released format has changed and its version has not', () => {
  write('1.0.0', ADDED);
  const { status, stderr } = check();
  expect({ status, says: stderr.includes('run.schema.json has changed since version 1.0.0') }).toEqual({
    status: 1,
    says: true,
  });
});

it('fails where the version went back', () => {
  write('0.9.0', ADDED);
  expect(check().status).toBe(1);
});

it.each(['1.1.0', '2.0.0'])('takes a change with version %s', (version) => {
  write(version, ADDED);
  expect(check()).toEqual({ status: 0, stderr: '' });
});

it('takes the same format in another order', () => {
  write('1.0.0', { required: ['b', 'a'], type: 'object' });
  expect(check()).toEqual({ status: 0, stderr: '' });
});

it('lets a format that was never released change', () => {
  write('1.0.0', ADDED, 'capacity');
  expect(check().status).toBe(0);
});

it('fails where a released format is gone', () => {
  rmSync(join(folder, 'run.schema.json'));
  write('1.0.0', {}, 'other');
  expect(check()).toEqual({ status: 1, stderr: 'schemas: run.schema.json was released and is gone\n' });
});
