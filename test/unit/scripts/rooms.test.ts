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

const roof = { ...ground, name: 'roof', imports: ['ground'], types: ['wall'] };
const wall = { ...ground, name: 'wall', also: ['roof/[^/]+/wall\\.ts$'] };

/** What the rule of a room forbids to import, of these paths. */
function forbidden(rule: ReturnType<typeof roomRules>[number] | undefined, paths: readonly string[]) {
  return paths.filter((path) => !(rule?.to.pathNot ?? []).some((allowed) => new RegExp(allowed).test(path)));
}

test('a rule lets a room import itself and what it lists, and of types only types', () => {
  const [, imports, types] = roomRules([ground, roof, { ...ground, name: 'wall' }]);
  const paths = ['src/roof/a.ts', 'src/ground/a.ts', 'src/wall/a.ts', 'src/cellar/a.ts'];
  expect(forbidden(imports, paths)).toEqual(['src/cellar/a.ts']);
  expect(types?.to).toEqual({ path: ['^src/(?:wall/)'], dependencyTypesNot: ['type-only'] });
});

test('a file of another folder belongs to the room that claims it', () => {
  const [, roofRule] = roomRules([ground, { ...roof, types: [] }, wall]);
  expect(forbidden(roofRule, ['src/roof/attic/wall.ts', 'src/roof/attic/beam.ts'])).toEqual([
    'src/roof/attic/wall.ts',
  ]);
});

test('a room that is pure says so in the table', () => {
  expect(roomTable([{ ...ground, pure: true }])).toContain('| `ground` | x; pure | nothing |');
});

test('a page without the table is no page of the rooms', () => {
  expect(() => withRoomTable('# Architecture', ROOMS)).toThrow('no table of layers');
});
