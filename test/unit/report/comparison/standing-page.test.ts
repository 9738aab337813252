import { describe, expect, it } from 'vitest';
import { standingOf } from '../../../../src/compare/standing.ts';
import { standingPage } from '../../../../src/report/comparison/standing-page.ts';
import { HOSTILE_TEXT } from '../../../support/sample-record.ts';
import { runsOf } from '../../../support/sample-runs.ts';

const options = { alpha: 0.05, minEffect: 0.05 };
const standing = standingOf(
  [
    { name: 'slow', runs: runsOf(2, 2, 0.01, 1) },
    { name: HOSTILE_TEXT, runs: runsOf(2, 1, 0.01, 2) },
  ],
  options,
);
const page = standingPage(standing);
const [ack] = standing.rows.filter(({ key }) => key === 'ack_latency p95');
if (ack === undefined) throw new Error('the sample has no ack_latency');

describe('the page of relays side by side', () => {
  it('has a plot for each latency, and none for what is no latency', () => {
    expect(page).toContain('<title>VERSUS: quick · relay-bench</title>');
    expect(page).toContain('ack_latency p95 of each run');
    expect(page).not.toContain('ack_ratio of each run');
  });

  it('lets no name of a relay become markup', () => {
    expect(page).not.toContain('<script>alert');
    expect(page).toContain('&lt;script&gt;alert');
  });

  it('says so where only some of the relays are drawn', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const [entry] = ack.entries;
    if (entry === undefined) throw new Error('the row has no entry');
    const many = {
      ...standing,
      relays: names.map((name) => ({ name, urls: [], runs: [] })),
      rows: [{ ...ack, entries: names.map((relay) => ({ ...entry, relay })) }],
    };
    expect(standingPage(many)).toContain('The first 6 of 7 relays; the table has all.');
    expect(page).not.toContain('the table has all');
  });

  it('draws no latency that no run has', () => {
    const entries = ack.entries.map((entry) => ({ ...entry, values: [null, null], median: null, runs: 0 }));
    expect(standingPage({ ...standing, rows: [{ ...ack, entries }] })).not.toContain('p95 of each run');
  });

  it('shows a dash for the median that is not known, beside a plot of what is', () => {
    const [first, ...others] = ack.entries;
    if (first === undefined) throw new Error('the row has no entry');
    const entries = [{ ...first, median: null, low: null, high: null }, ...others];
    const shown = standingPage({ ...standing, rows: [{ ...ack, entries }] });
    expect(shown).toContain('ack_latency p95 of each run');
    expect(shown).toMatch(/slow<\/t[dh]>\s*(<td[^>]*>–<\/td>\s*){3}/);
  });
});
