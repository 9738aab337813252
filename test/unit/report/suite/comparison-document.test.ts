import { describe, expect, test } from 'vitest';
import { FORMATS, formatNamed } from '../../../../src/report/formats.ts';
import { buildSuiteComparisonDocument } from '../../../../src/report/suite/comparison-document.ts';
import { compareSuites } from '../../../../src/suite/compare.ts';
import { suiteComparisonSchema } from '../../../../src/suite/comparison-schema.ts';
import { measured, readingOf, sampleSuite } from '../../../support/sample-suite.ts';

const found = (slowdown: number, outcomes = {}) =>
  compareSuites(
    { name: 'base.json', suite: sampleSuite() },
    { name: 'candidate.json', suite: sampleSuite({ slowdown, outcomes }) },
    { tolerance: 0.2, crossHost: false },
  );

describe('a report of two suites', () => {
  test.each([
    [
      1.2,
      'SAME',
      /^mine: no confirmed difference, 0 % faster in the middle of 9 parts, the reference taken out/,
    ],
    [1.5, 'WORSE', /^mine: worse, 25 % slower in the middle of 9 parts/],
    [0.9, 'BETTER', /^mine: better, 25 % faster/],
  ])('of a relay that is now %s times the reference says %s', (slowdown, word, sentence) => {
    const { headline } = buildSuiteComparisonDocument(found(slowdown));
    expect(headline.word).toBe(word);
    expect(headline.sentence).toMatch(sentence);
  });

  test('says what to do of a single figure that looks worse', () => {
    const slow = measured({ p50: readingOf(30_000), p95: readingOf(60_000) });
    const { headline } = buildSuiteComparisonDocument(found(1.2, { 'mine/count': slow }));
    expect(headline.word).toBe('SAME');
    expect(headline.next).toContain('may be chance');
  });

  test('has the same formats as a comparison of runs', () => {
    expect(FORMATS.suiteComparison.map(({ name }) => name)).toEqual(
      FORMATS.comparison.map(({ name }) => name),
    );
    const options = { color: false, columns: 100, files: [] };
    const texts = FORMATS.suiteComparison.map(({ name }) =>
      formatNamed(FORMATS.suiteComparison, name).render(found(1.5), options),
    );
    for (const text of texts) expect(text).toContain('candidate.json');
    expect(suiteComparisonSchema.parse(JSON.parse(texts[1] ?? ''))).toEqual(found(1.5));
  });
});
