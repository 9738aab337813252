import { describe, expect, test } from 'vitest';
import { FORMATS, formatNamed } from '../../../../src/report/formats.ts';
import { buildSuiteDocument } from '../../../../src/report/suite/document.ts';
import type { Section } from '../../../../src/report/view/document.ts';
import { suiteSchema } from '../../../../src/suite/schema.ts';
import { HOSTILE_TEXT } from '../../../support/sample-record.ts';
import { runOf } from '../../../support/sample-runs.ts';
import { measured, readingOf, SAMPLE_RELAYS, SKIPPED, sampleSuite } from '../../../support/sample-suite.ts';

const SCREEN = { color: false, columns: 100, files: [] };
const render = (name: string, suite = sampleSuite()): string =>
  formatNamed(FORMATS.suite, name).render(suite, SCREEN);
const sectionOf = (suite: ReturnType<typeof sampleSuite>, title: string): Section | undefined =>
  buildSuiteDocument(suite).sections.find((section) => section.title === title);
const textsOf = (section: Section | undefined): string[] =>
  section?.content.kind === 'table'
    ? section.content.rows.map((row) => row.map(({ text }) => text).join(' | '))
    : [];

describe('the card of a suite', () => {
  test('has one line for each main figure, the reference first', () => {
    const rows = textsOf(sectionOf(sampleSuite({ slowdown: 1.2 }), 'Card'));
    expect(rows).toContain(
      'Acknowledgement at 100 events/s | EVENT to OK, p50 | 2.00 ms (1.82 ms–2.20 ms) | 2.40 ms (2.18 ms–2.64 ms), 1.2× (1.05–1.37)',
    );
    expect(rows.some((row) => row.includes('hashtag'))).toBe(false);
  });

  test('colours a figure where its whole interval lies on one side of the reference', () => {
    const section = sectionOf(sampleSuite({ slowdown: 1.5 }), 'Card');
    const rows = section?.content.kind === 'table' ? section.content.rows : [];
    expect(new Set(rows.map((row) => row.at(-1)?.tone))).toEqual(new Set(['bad', 'plain']));
    const close = sectionOf(sampleSuite({ slowdown: 1.02 }), 'Card');
    const tones = close?.content.kind === 'table' ? close.content.rows.map((row) => row.at(-1)?.tone) : [];
    expect(new Set(tones)).toEqual(new Set(['plain']));
  });

  test('says first what a relay can do, and how that is to the reference', () => {
    const { headline } = buildSuiteDocument(sampleSuite({ slowdown: 2 }));
    expect(headline.word).toBe('SUITE');
    expect(headline.sentence).toBe(
      'mine: ingest 250/s (0.5× the reference), OK p95 4.00 ms (2× the reference), EOSE p95 4.00 ms (2× the reference), capacity 250/s (0.5× the reference)',
    );
    expect(headline.facts).toContain('quick');
  });

  test('says first of all whose answers were wrong, how many, and to mend them', () => {
    const liar = measured(
      { p50: readingOf(9), p95: readingOf(12) },
      { wrongAnswers: { wrong: 3, checked: 1_090 } },
    );
    const suite = sampleSuite({ outcomes: { 'mine/ack': liar } });
    const { sentence, next } = buildSuiteDocument(suite).headline;
    expect(sentence).toContain('; wrong answers of mine');
    expect(next).toContain('mend the wrong answers first');
    expect(textsOf(sectionOf(suite, 'Wrong, invalid or left out'))).toContain(
      'Acknowledgement at 100 events/s | mine | wrong | 3 of 1,090 checked answers were wrong',
    );
  });

  test('marks what was invalid, says why, and does not quote it', () => {
    const late = measured(
      { p50: readingOf(9), p95: readingOf(12) },
      { status: 'invalid', reason: 'generator late' },
    );
    const suite = sampleSuite({ outcomes: { 'mine/ack': late } });
    expect(buildSuiteDocument(suite).headline.sentence).not.toContain('OK p95');
    expect(buildSuiteDocument(suite).headline.sentence).toContain('1 of its runs invalid');
    expect(textsOf(sectionOf(suite, 'Card')).find((row) => row.includes('EVENT to OK, p95'))).toContain(
      '! 12 µs',
    );
    expect(textsOf(sectionOf(suite, 'Wrong, invalid or left out'))).toContain(
      'Acknowledgement at 100 events/s | mine | invalid | generator late',
    );
  });

  test('lists what was left out, and figures without a value', () => {
    const few = measured({
      p50: readingOf(9),
      p95: { value: null, low: null, high: null, reason: '90 samples' },
    });
    const suite = sampleSuite({ outcomes: { 'mine/count': SKIPPED, 'mine/ack': few } });
    expect(textsOf(sectionOf(suite, 'Card')).find((row) => row.includes('COUNT to its answer, p50'))).toMatch(
      /n\/a$/,
    );
    const left = textsOf(sectionOf(suite, 'Wrong, invalid or left out'));
    expect(left).toContain(`COUNT | mine | left out | ${SKIPPED.reason}`);
    expect(left).toContain(
      'Acknowledgement at 100 events/s: EVENT to OK, p95 | mine | no value | 90 samples',
    );
  });

  test('has no such list where all was measured', () => {
    expect(sectionOf(sampleSuite(), 'Wrong, invalid or left out')).toBeUndefined();
  });

  test('shows answers that differ, and says so first', () => {
    const record = runOf(1);
    const less = { ...record, counters: { ...record.counters, query_events_received: 10 } };
    const suite = sampleSuite({
      outcomes: { 'mine/queries': measured({}, {}, less), 'reference/queries': measured({}, {}, record) },
    });
    expect(textsOf(sectionOf(suite, 'Answers to the same queries'))[0]).toBe(
      '✗ | queries: events a query | 0.01 | 20',
    );
    expect(buildSuiteDocument(suite).headline.next).toContain('answers first');
  });

  test('names what a relay does not do', () => {
    const [mine, reference] = SAMPLE_RELAYS;
    if (mine === undefined || reference === undefined) throw new Error('two relays');
    const abilities = mine.abilities.map((one) =>
      one.what === 'count' ? { ...one, supported: false, detail: 'NOTICE what?' } : one,
    );
    const suite = sampleSuite({ changes: { relays: [{ ...mine, abilities }, reference] } });
    expect(textsOf(sectionOf(suite, 'What the relays do'))).toContain(
      'counts events | 45 | ✗ NOTICE what? | ✓',
    );
  });

  test('says each doubt once, with the runs that it is about', () => {
    const doubtful = measured({}, { caveats: ['they share this machine'] });
    const few = { 'mine/ack': doubtful, 'mine/count': doubtful };
    const all = Object.fromEntries(sampleSuite().parts.map(({ id }) => [`mine/${id}`, doubtful]));
    const doubts = (outcomes: typeof few): readonly string[] => {
      const section = sectionOf(sampleSuite({ outcomes }), 'What to doubt');
      return section?.content.kind === 'list' ? section.content.items.map(({ text }) => text) : [];
    };
    expect(doubts(few)).toEqual(['mine ack, mine count: they share this machine']);
    expect(doubts(all as typeof few)).toEqual(['10 runs: they share this machine']);
  });

  test('of an interrupted suite says how it goes on', () => {
    const { headline } = buildSuiteDocument(sampleSuite({ changes: { partial: true } }));
    expect(headline).toMatchObject({ word: 'PARTIAL', next: expect.stringContaining('--resume') });
  });

  test('of nothing that was valid proves nothing', () => {
    const late = measured({}, { status: 'invalid', reason: 'late' });
    const suite = sampleSuite({ changes: { outcomeOf: () => late } });
    expect(buildSuiteDocument(suite).headline).toMatchObject({
      word: 'INVALID',
      next: expect.stringContaining('other work'),
    });
  });
});

describe('a suite as text', () => {
  test('fits a terminal and has the machine', () => {
    const text = render('terminal');
    expect(text).toContain('2 × Test CPU, 8 GiB');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('is JSON of its schema, Markdown, and a page that runs nothing', () => {
    expect(suiteSchema.parse(JSON.parse(render('json')))).toEqual(sampleSuite());
    expect(render('md')).toContain('| Ingest at capacity |');
    const page = render('html');
    expect(page).toContain('<h3>Card</h3>');
    expect(page).toContain("script-src 'none'");
  });

  test.each(['terminal', 'md', 'html'])('as %s shows no text of a relay unescaped', (name) => {
    const [mine, reference] = SAMPLE_RELAYS;
    if (mine === undefined || reference === undefined) throw new Error('two relays');
    const abilities = mine.abilities.map((one) => ({ ...one, supported: false, detail: HOSTILE_TEXT }));
    const hostile = { ...mine, software: HOSTILE_TEXT, abilities };
    const caveats = measured({}, { caveats: [HOSTILE_TEXT] });
    const suite = sampleSuite({
      outcomes: { 'mine/ack': caveats },
      changes: { relays: [hostile, reference] },
    });
    const text = render(name, suite);
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
    // Markdown and terminals know no script; a page does.
    if (name === 'html') expect(text).not.toContain('<script>alert');
  });
});
