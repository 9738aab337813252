import { describe, it } from 'vitest';
import type { NamedRun } from '../../src/compare/comparable.ts';
import { compareRuns } from '../../src/compare/compare.ts';
import type { Comparison } from '../../src/compare/schema.ts';
import { standingOf } from '../../src/compare/standing.ts';
import { COMPARISON_FORMATS } from '../../src/report/comparison/formats.ts';
import { STANDING_FORMATS } from '../../src/report/comparison/standing-formats.ts';
import { expectGolden } from '../support/golden.ts';
import { HOSTILE_TEXT } from '../support/sample-record.ts';
import { named, runOf, runsOf } from '../support/sample-runs.ts';

const options = { color: false, columns: 100, files: [] };

/** Confirmed as `ab` does it. */
const confirmed = (comparison: Comparison): Comparison => ({
  ...comparison,
  confirmation: {
    runs: 5,
    worse: ['ack_latency p95'],
    confirmed: true,
    first: [{ key: 'ack_latency p95', change: 0.152 }],
  },
});

/** Counters come and go with the catalogue; they are shown like everything else. */
const withoutCounters = (comparison: Comparison): Comparison => ({
  ...comparison,
  quantities: comparison.quantities.filter(({ unit }) => unit !== 'count'),
});

const COMPARISONS: Readonly<Record<string, () => Comparison>> = {
  single: () => compareRuns([named('base.json', runOf(1))], [named('candidate.json', runOf(1.5))]),
  worse: () => confirmed(compareRuns(runsOf(5, 1, 0.02, 1), runsOf(5, 1.1, 0.02, 2))),
  unclear: () => compareRuns(runsOf(5, 1, 0.3, 1), runsOf(5, 1, 0.3, 2)),
  hostile: () =>
    compareRuns(
      [named(HOSTILE_TEXT, runOf(1))],
      [named('b.json', runOf(0.5, { target: { kind: 'embedded', urls: [HOSTILE_TEXT], nip11: null } }))],
    ),
};

describe.each(Object.keys(COMPARISONS))('the %s comparison', (name) => {
  const comparison = withoutCounters(COMPARISONS[name]?.() as Comparison);
  // The page holds the style and script of all pages; what it shows is tested where it is made.
  const formats = COMPARISON_FORMATS.filter(
    (format) => format.name !== 'html' && (name === 'hostile' || format.name !== 'json'),
  );

  it.each(formats)('as $name stays as it is', (format) => {
    const file = format.fileName ?? `${format.name}.txt`;
    expectGolden(
      `comparison-${name}/${file.endsWith('.md') ? `${file}.txt` : file}`,
      format.render(comparison, options),
    );
  });
});

describe('relays side by side', () => {
  const standing = standingOf(
    [
      { name: 'strfry', runs: runsOf(5, 1, 0.02, 1) },
      { name: 'mine', runs: runsOf(5, 1.4, 0.02, 2) },
      { name: 'few-answers', runs: runsOf(5, 0.7, 0.02, 3).map(withFewAnswers) },
    ],
    { alpha: 0.05, minEffect: 0.05 },
  );

  it.each(STANDING_FORMATS.filter(({ name }) => name !== 'html'))('as $name stay as they are', (format) => {
    const file = format.fileName ?? `${format.name}.txt`;
    expectGolden(`versus/${file.endsWith('.md') ? `${file}.txt` : file}`, format.render(standing, options));
  });
});

/** A relay that is fast because it finds half of what the others find. */
function withFewAnswers({ name, record }: NamedRun): NamedRun {
  return named(name, { ...record, counters: { ...record.counters, query_events_received: 9_800 } });
}
