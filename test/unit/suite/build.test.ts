import { describe, expect, test } from 'vitest';
import { suiteSchema } from '../../../src/suite/schema.ts';
import { runOf } from '../../support/sample-runs.ts';
import { measured, readingOf, SAMPLE_RELAYS, SKIPPED, sampleSuite } from '../../support/sample-suite.ts';

const entryOf = (suite: ReturnType<typeof sampleSuite>, part: string, key: string, relay = 'mine') =>
  suite.parts
    .find(({ id }) => id === part)
    ?.figures.find((figure) => figure.key === key)
    ?.entries.find((entry) => entry.relay === relay);

describe('the document of a suite', () => {
  test('matches its schema', () => {
    const suite = sampleSuite();
    expect(suiteSchema.parse(suite)).toEqual(suite);
  });

  test('puts every figure in relation to the reference', () => {
    const suite = sampleSuite({ slowdown: 1.5 });
    expect(entryOf(suite, 'ack', 'p95')?.relative?.value).toBeCloseTo(1.5);
    expect(entryOf(suite, 'capacity', 'rate')?.relative?.value).toBeCloseTo(1 / 1.5);
    expect(entryOf(suite, 'ack', 'p95', 'reference')?.relative).toBeNull();
  });

  test('relates nothing to a reference that was invalid, nor what was invalid to it', () => {
    const invalid = measured({ p95: readingOf(9) }, { status: 'invalid', reason: 'generator late' });
    expect(
      entryOf(sampleSuite({ outcomes: { 'reference/ack': invalid } }), 'ack', 'p95')?.relative,
    ).toBeNull();
    const mine = entryOf(sampleSuite({ outcomes: { 'mine/ack': invalid } }), 'ack', 'p95');
    expect(mine).toMatchObject({ value: 9, relative: null });
  });

  test('gives the reason of what was left out or not reached', () => {
    const suite = sampleSuite({ outcomes: { 'mine/count': SKIPPED, 'mine/sync': undefined } });
    expect(entryOf(suite, 'count', 'p50')).toMatchObject({ value: null, reason: SKIPPED.reason });
    const runs = suite.parts.flatMap(({ runs: all }) => all).filter(({ status }) => status !== 'measured');
    expect(runs.map(({ status }) => status)).toEqual(['skipped', 'missing']);
  });

  test('says where the reference was measured in another hour', () => {
    const late = measured({ p95: readingOf(9) }, { startedAt: '2026-01-02T05:04:05.000Z' });
    const { warnings } = sampleSuite({ outcomes: { 'mine/ack': late } });
    expect(warnings).toEqual([
      expect.stringMatching(/^Acknowledgement.*mine and reference.*more than an hour/),
    ]);
  });

  test('puts what the relays found for the same queries beside each other', () => {
    const record = runOf(1);
    const less = { ...record, counters: { ...record.counters, query_events_received: 10 } };
    const outcomes = {
      'mine/queries': measured({}, {}, less),
      'reference/queries': measured({}, {}, record),
    };
    const suite = sampleSuite({ outcomes });
    expect(suite.answers[0]).toMatchObject({
      what: 'queries: events a query',
      differs: true,
      entries: [{ relay: 'mine' }, { relay: 'reference' }],
    });
    expect(suite.parts.find(({ id }) => id === 'queries')?.fingerprint).toBe(record.corpus.fingerprint);
  });

  test('of one relay has no answers to put beside each other', () => {
    const relays = SAMPLE_RELAYS.filter(({ name }) => name === 'reference');
    const outcomes = { 'reference/queries': measured({}, {}, runOf(1)) };
    expect(sampleSuite({ outcomes, changes: { relays } }).answers).toEqual([]);
  });
});
