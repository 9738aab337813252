import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../src/compare/compare.ts';
import { standingOf } from '../../../src/compare/standing.ts';
import { COMPARISON_FORMATS } from '../../../src/report/comparison/formats.ts';
import { STANDING_FORMATS } from '../../../src/report/comparison/standing-formats.ts';
import { terminalFormat } from '../../../src/report/terminal.ts';
import { wrapped } from '../../../src/report/terminal-table.ts';
import { longRecord } from '../../support/long-record.ts';
import { SAMPLE_NAMES, sampleRecord } from '../../support/sample-record.ts';
import { named, runOf, runsOf } from '../../support/sample-runs.ts';

const judged = { alpha: 0.05, minEffect: 0.05 };
const relays = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    name: `relay-with-a-long-name-${at}`,
    runs: runsOf(5, 1 + at / 10, 0.02, at + 1),
  }));
const single = compareRuns([named('base.json', runOf(1))], [named('candidate.json', runOf(1.5))]);
const many = compareRuns(runsOf(5, 1, 0.02, 1), runsOf(5, 1.1, 0.02, 2));
const at = (columns: number) => ({ color: false, columns, files: [] });
const [comparison] = COMPARISON_FORMATS;
const [standing] = STANDING_FORMATS;

/** Every terminal report. */
const REPORTS: Readonly<Record<string, (columns: number) => string>> = {
  ...Object.fromEntries(
    SAMPLE_NAMES.map((name) => [
      `the ${name} run`,
      (columns: number) => terminalFormat.render(sampleRecord(name), at(columns)),
    ]),
  ),
  'a long run': (columns) => terminalFormat.render(longRecord(), at(columns)),
  'a comparison of single runs': (columns) => comparison?.render(single, at(columns)) ?? '',
  'a comparison of many runs': (columns) => comparison?.render(many, at(columns)) ?? '',
  'two relays side by side': (columns) => standing?.render(standingOf(relays(2), judged), at(columns)) ?? '',
  'seven relays side by side': (columns) =>
    standing?.render(standingOf(relays(7), judged), at(columns)) ?? '',
};

// A pipe has 100 columns, as much as a report ever takes.
describe.each([80, 100, 160])('at %d columns', (columns) => {
  it.each(Object.keys(REPORTS))('%s keeps the width, and breaks no name of a figure', (name) => {
    const text = REPORTS[name]?.(columns) ?? '';
    const lines = text.split('\n');
    expect(lines.filter((line) => [...line].length > Math.min(columns, 100))).toEqual([]);
    expect(lines.length).toBeGreaterThan(10);
    // A name that was broken would go on in the next line.
    expect(lines.filter((line) => /^\s*(?:latency|ncy|ratio|tio)(?:\s|$)/.test(line))).toEqual([]);
  });
});

describe('what finds no room', () => {
  it('is named below the table', () => {
    const text = REPORTS['a comparison of many runs']?.(80) ?? '';
    expect(text).toMatch(/left out for width, see the JSON or the page: .*counts from/);
    expect(REPORTS['two relays side by side']?.(80)).toMatch(/ack_latency p95/);
  });
});

describe('wrapped', () => {
  it('keeps words whole, except one that is longer than a line', () => {
    expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrapped('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
  });
});
