import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemOfPaths } from '../../../src/stack/state-paths.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DIR = '/var/lib/stack';
const one = (name: string, dir: string) => ({ dir: DIR, services: [{ name, dir }] });
const anyName = fc.oneof(
  fc.constantFrom(
    'relay-1',
    '..',
    '.',
    '',
    'a/b',
    '/etc',
    'relay-1/..',
    'postgres-12',
    'haproxy-db',
    'a-',
    'a--b',
  ),
  fc.string(),
);
const anyPath = fc.oneof(
  anyName.map((name) => join(DIR, name)),
  anyName.map((name) => `${DIR}/${name}`),
  fc.constantFrom('/', '/etc', DIR, `${DIR}/../etc`, '/var/lib/stack-2/relay-1', 'relay-1'),
  fc.string(),
);

describe('the paths of a state', () => {
  test('are those of services in their own directories', () => {
    expect(problemOfPaths(one('relay-1', `${DIR}/relay-1`), DIR)).toBeNull();
    expect(problemOfPaths(one('pubsub', `${DIR}/pubsub`), DIR)).toBeNull();
    expect(problemOfPaths(one('haproxy-db', `${DIR}/haproxy-db`), DIR)).toBeNull();
  });

  test('never lead out of the directory of the stack, whatever they are called', () => {
    fc.assert(
      fc.property(anyName, anyPath, (name, path) => {
        const isInside = /^[a-z]+(-[a-z]+)*(-\d{1,3})?$/.test(name) && path === `${DIR}/${name}`;
        expect(problemOfPaths(one(name, path), DIR) === null).toBe(isInside);
      }),
    );
  });

  test('are refused in a state that was made elsewhere', () => {
    expect(problemOfPaths(one('relay-1', `${DIR}/relay-1`), '/home/me/stack')).toContain(DIR);
  });

  test('are refused where two services share a name', () => {
    const service = { name: 'relay-1', dir: `${DIR}/relay-1` };
    expect(problemOfPaths({ dir: DIR, services: [service, service] }, DIR)).toBe('relay-1 is there twice');
  });

  test('are refused where the directory of a service is a link', async () => {
    const dir = await tempDir();
    await mkdir(join(dir, 'elsewhere'));
    await symlink(join(dir, 'elsewhere'), join(dir, 'relay-1'));
    const state = { dir, services: [{ name: 'relay-1', dir: join(dir, 'relay-1') }] };
    expect(problemOfPaths(state, dir)).toContain('is no directory');
  });
});
