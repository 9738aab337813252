import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/schema.ts';
import {
  bytes,
  cores,
  count,
  duration,
  gateValue,
  number,
  percent,
  rate,
  seconds,
} from '../../../src/report/quantity.ts';
import { terminalFormat } from '../../../src/report/terminal.ts';
import { marginText } from '../../../src/report/view/gate-sentence.ts';
import { headline } from '../../../src/report/view/headline.ts';
import { SAMPLE_NAMES, sampleRecord } from '../../support/sample-record.ts';

const plain = { color: false, columns: 100, files: [] };

/** How a number is printed follows from its key, which names its unit. */
function printed(key: string, value: number): string[] {
  if (key.endsWith('_us')) return [duration(value)];
  if (key === 'cpuShare') return [cores(value)];
  if (key.endsWith('_s')) return [seconds(value)];
  if (key.endsWith('Ms')) return [seconds(value / 1_000), count(value), String(value)];
  if (key === 'at' || key === 't') return [`${value} s`, count(value)];
  if (/bytes/i.test(key)) return [bytes(value), count(value)];
  if (key.endsWith('PerSecond')) return [rate(value), count(value)];
  if (key === 'level') return [`${number(value)}×`];
  if (/ratio$|^steal$|^share$|^eventLoopUtilization$/.test(key)) return [percent(value)];
  return [count(value), number(value), String(value)];
}

type Leaf = readonly [key: string, value: unknown];

/** Keys whose unit their object's name gives: `sendLag_us: { p50_us … }` has it itself, these have not. */
const UNIT_FROM_PARENT = ['eventLoopUtilization', 'p99_us'];

/** All values of the record with their keys; lists also as their length. */
function leavesOf(key: string, value: unknown): Leaf[] {
  if (key === 'hdr') return [];
  if (Array.isArray(value))
    return [[key, String(value.length)], ...value.flatMap((inner) => leavesOf(key, inner))];
  if (typeof value !== 'object' || value === null) return [[key, value]];
  return Object.entries(value).flatMap(([name, inner]) => [
    [key, name] as const,
    ...leavesOf(UNIT_FROM_PARENT.includes(key) ? key : name, inner),
  ]);
}

/** Everything that a report of the record may print: numbers by key, texts, lengths of lists. */
function printable(record: RunRecord): string[] {
  const leaves = leavesOf('', { ...record, gates: [] }).flatMap(([key, value]) =>
    typeof value === 'number' ? printed(key, value) : [String(value)],
  );
  const gates = record.gates.flatMap((gate) => [
    gate.expression,
    gateValue(gate, gate.actual),
    marginText(gate),
    gate.reason ?? '',
  ]);
  const failed = record.gates.filter((gate) => gate.verdict !== 'pass').length;
  const counts = `${failed} of ${record.gates.length}`;
  const { eventsPerSecond, queriesPerSecond } = record.load.offered;
  const asked = [number(eventsPerSecond), number(queriesPerSecond)];
  return [...leaves, ...gates, ...asked, counts, RULES, headline(record).facts.at(-1) ?? ''];
}

/** Numbers with their units: `12.3 ms`, `1,234`, `100/s`. */
function numbersIn(text: string): string[] {
  return text.match(/\d[\d.,]*(?<![.,])(?:(?: (?:µs|ms|s|%|[KMG]?i?B|cores)|\/s|×)(?![a-z]))?/g) ?? [];
}

/** Numbers of the explanations, which are no results. */
const RULES = 'p50 p90 p95 p99 NIP-11, 0.05 %';

describe('terminalFormat', () => {
  it.each(SAMPLE_NAMES)('prints no number of the %s run that is not in its JSON', (name) => {
    const record = sampleRecord(name);
    const known = new Set(printable(record).flatMap(numbersIn));
    const shown = numbersIn(terminalFormat.render(record, plain).replaceAll(/\\u?[\dx{][\w{}]+/g, ''));
    expect(shown.length).toBeGreaterThan(100);
    expect(known).not.toContain('77.7 ms');
    expect(shown.filter((found) => !known.has(found))).toEqual([]);
  });

  it.each(SAMPLE_NAMES)('keeps the %s run within 80 columns', (name) => {
    const text = terminalFormat.render(sampleRecord(name), { ...plain, columns: 80 });
    expect(text.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
  });

  it('lets no relay text act on the terminal', () => {
    const text = terminalFormat.render(sampleRecord('hostile'), plain);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  });

  it('says the same with and without colour', () => {
    const coloured = terminalFormat.render(sampleRecord('fail'), { ...plain, color: true });
    expect(coloured).toContain('\u001b[31m');
    expect(coloured.replaceAll(/\p{Cc}\[\d+m/gu, '')).toBe(
      terminalFormat.render(sampleRecord('fail'), plain),
    );
  });

  it('names the files of the run, whole', () => {
    const file = `${'deep/'.repeat(40)}run.json`;
    expect(terminalFormat.render(sampleRecord('pass'), { ...plain, columns: 60, files: [file] })).toContain(
      file,
    );
  });

  it('begins and ends with the verdict', () => {
    const lines = terminalFormat.render(sampleRecord('invalid'), plain).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ {3}INVALID {2}the numbers prove nothing/);
    expect(lines.slice(-4).join()).toMatch(/INVALID/);
  });
});
