import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FLOORS } from '../../coverage-floors.ts';

test('every room of src/ has a floor of coverage, and no other has', () => {
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(Object.keys(FLOORS).sort()).toEqual(folders.map(({ name }) => name).sort());
});

test('no floor is one through which everything falls', () => {
  for (const [room, { lines, branches }] of Object.entries(FLOORS)) {
    expect(Math.min(lines, branches), room).toBeGreaterThan(30);
  }
});
