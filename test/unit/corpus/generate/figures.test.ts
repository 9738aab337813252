import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { corpusOf, FIGURES, figureTables, KIND_SHARES } from '../../../support/corpus-figures.ts';

const events = corpusOf('social');

/** The cells of Markdown tables, however they are padded. */
const rowsOf = (markdown: string): string[][] =>
  markdown
    .split('\n')
    .filter((line) => /^\|.*[^-|: ]/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));

describe('profile social', () => {
  test.each(KIND_SHARES)('has kind %i (%s) as often as the network: %d %%', (kind, _, percent) => {
    const found = events.filter((event) => event.kind === kind).length;
    expect((100 * found) / events.length).toBeCloseTo(percent, 10);
  });

  test.each(FIGURES)('is within its bounds: $name', ({ wild, lowest, highest, measure }) => {
    const found = measure(events);
    expect(found).toBeGreaterThanOrEqual(wild * lowest);
    expect(found).toBeLessThanOrEqual(wild * highest);
  });

  test('stays within the limits that relays have by default', () => {
    for (const event of events) {
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(65_536);
      expect(event.tags.length).toBeLessThanOrEqual(2_000);
    }
  });

  test('is described in the documentation by these very figures', async () => {
    const text = await readFile(new URL('../../../../docs/corpus.md', import.meta.url), 'utf8');
    const tables = text.slice(text.indexOf('<!-- tables -->'), text.indexOf('<!-- /tables -->'));
    expect(rowsOf(tables)).toEqual(rowsOf(figureTables(events)));
  });
});

describe('profile heavy', () => {
  test('has events of 1 to 128 KiB', () => {
    const sizes = corpusOf('heavy', 2_000).map((event) => Buffer.byteLength(JSON.stringify(event)));
    expect(Math.min(...sizes)).toBeGreaterThan(1_024);
    expect(Math.max(...sizes)).toBeGreaterThan(100_000);
    expect(Math.max(...sizes)).toBeLessThan(131_072);
    const mean = sizes.reduce((sum, one) => sum + one, 0) / sizes.length;
    expect(mean).toBeGreaterThan(12_000);
    expect(mean).toBeLessThan(22_000);
  });
});

describe('profile uniform', () => {
  test('has notes of nearly one size with one tag', () => {
    const notes = corpusOf('uniform', 2_000);
    const sizes = notes.map((event) => Buffer.byteLength(JSON.stringify(event)));
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(60);
    expect(notes.every(({ kind, tags }) => kind === 1 && tags.length === 1)).toBe(true);
  });
});
