import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const text = readFileSync('CONTRIBUTING.md', 'utf8');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

it('CONTRIBUTING.md names files and folders that exist', () => {
  const words = [...text.matchAll(/`([\w./-]+)`/g)].map(([, word = '']) => word);
  const paths = words.filter(
    (word) => /^(src|test|docs|scenarios|reports)\//.test(word) && !word.includes('NAME'),
  );
  expect(paths.length).toBeGreaterThan(30);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});

it('CONTRIBUTING.md names scripts that exist', () => {
  const names = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(4);
  expect(names.filter((name) => !(name in scripts))).toEqual([]);
});

it('CONTRIBUTING.md names constants where they are', () => {
  const places = [...text.matchAll(/`([A-Z_]{5,})`\s+(?:in|of)\s+`(src\/[\w./-]+)`/g)];
  expect(places.length).toBeGreaterThan(3);
  const missing = places.filter(([, name = '', path = '']) => !readFileSync(path, 'utf8').includes(name));
  expect(missing.map(([found]) => found)).toEqual([]);
});
