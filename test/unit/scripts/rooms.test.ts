import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROOMS, roomProblems, roomRules, roomTable, withRoomTable } from '../../../scripts/rooms.mjs';

const folders = readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const ground = { name: 'ground', owns: 'x', imports: [], reason: 'because' };

describe('the rooms of src/', () => {
  test('are those that exist', () => {
    expect(roomProblems(ROOMS, folders)).toEqual([]);
  });

  test('stand in the table of docs/architecture.md as they are enforced', () => {
    const page = readFileSync('docs/architecture.md', 'utf8');
    expect(withRoomTable(page, ROOMS)).toBe(page);
  });

  test('are named only once', () => {
    expect(new Set(ROOMS.map(({ name }) => name)).size).toBe(ROOMS.length);
  });
});

describe('a list of rooms is refused', () => {
  test('where it lacks a folder', () => {
    expect(roomProblems([ground], ['ground', 'attic'])).toEqual([
      'src/attic is no room of scripts/rooms.json',
    ]);
  });

  test('where it names a folder that does not exist', () => {
    expect(roomProblems([ground], [])).toEqual(['there is no src/ground']);
  });

  test.each(['imports', 'types'] as const)('where %s go up', (kind) => {
    const rooms = [
      { ...ground, [kind]: ['roof'] },
      { ...ground, name: 'roof' },
    ];
    expect(roomProblems(rooms, ['ground', 'roof'])).toEqual([
      'ground may not import from roof: it stands above it or nowhere',
    ]);
  });
});

test('a rule lets a room import itself and what it lists, and of types only types', () => {
  const [imports, types] = roomRules([{ ...ground, name: 'roof', imports: ['ground'], types: ['wall'] }]);
  const allows = (path: string): boolean => !new RegExp(imports?.to.path ?? '').test(path);
  expect(['src/roof/a.ts', 'src/ground/a.ts', 'src/wall/a.ts', 'src/cellar/a.ts'].map(allows)).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(types?.to).toEqual({ path: '^src/(wall)/', dependencyTypesNot: ['type-only'] });
});

test('a room that is pure says so in the table', () => {
  expect(roomTable([{ ...ground, pure: true }])).toContain('| `ground` | x; pure | nothing |');
});

test('a page without the table is no page of the rooms', () => {
  expect(() => withRoomTable('# Architecture', ROOMS)).toThrow('no table of layers');
});
