import { describe, expect, it } from 'vitest';
import { perNoun } from '../../../src/metric/accounts.ts';
import { CEILING_KEY, NOT_CALIBRATED, standardCaveats } from '../../../src/record/caveats.ts';
import { sampleCeiling, sampleRecord } from '../../support/sample-record.ts';

const quiet = {
  ...sampleRecord('pass'),
  metrics: {},
  environment: { ...sampleRecord('pass').environment, sameHostAsTarget: false },
  generator: { ...sampleRecord('pass').generator, ceiling: sampleCeiling() },
};
const metric = {
  ...sampleRecord('pass').metrics['ack_latency'],
  count: 5_000,
  lowConfidence: [],
  clamped: 0,
};

describe('standardCaveats', () => {
  it('has none for an open, calibrated run with many samples against another machine', () => {
    expect(standardCaveats(quiet)).toEqual([]);
  });

  it('warns of coordinated omission in the closed model', () => {
    const caveats = standardCaveats({ ...quiet, load: { ...quiet.load, model: 'closed' } });
    expect(caveats).toEqual([expect.stringContaining('coordinated omission')]);
  });

  it('warns when generator and relay share the machine', () => {
    const environment = { ...quiet.environment, sameHostAsTarget: true };
    expect(standardCaveats({ ...quiet, environment })).toEqual([
      expect.stringContaining('share this machine'),
    ]);
  });

  it.each([
    [
      0,
      10,
      'no compression on any connection: the relay, or a proxy before it, did not accept permessage-deflate',
    ],
    [7, 3, 'no compression on 3 of 10 connections'],
  ])('warns where compression was offered and %d connections got it and %d did not', (got, without, text) => {
    const counters = {
      ...quiet.counters,
      connections_compressed: got,
      connections_not_compressed: without,
    };
    expect(standardCaveats({ ...quiet, counters })).toEqual([expect.stringContaining(text)]);
  });

  it('warns when the ceiling of this machine is unknown', () => {
    const generator = { ...quiet.generator, ceiling: null };
    const notMeasured = { [CEILING_KEY]: NOT_CALIBRATED };
    const expected = [expect.stringContaining('was not calibrated')];
    expect(standardCaveats({ ...quiet, generator, notMeasured })).toEqual(expected);
  });

  it('does not say so where there is a calibration that could not be used', () => {
    const generator = { ...quiet.generator, ceiling: null };
    const notMeasured = { [CEILING_KEY]: 'the calibration is older than 30 days' };
    const expected = [expect.stringMatching(/own ceiling is not known/)];
    expect(standardCaveats({ ...quiet, generator, notMeasured })).toEqual(expected);
  });

  it('warns of percentiles on few samples, but not of p99.9 alone', () => {
    const few = { ...quiet, metrics: { ack_latency: { ...metric, lowConfidence: ['p99' as const] } } };
    const tail = { ...quiet, metrics: { ack_latency: { ...metric, lowConfidence: ['p999' as const] } } };
    expect(standardCaveats(few as never)).toEqual([expect.stringContaining('low confidence')]);
    expect(standardCaveats(tail as never)).toEqual([]);
  });

  it('counts samples above the highest value', () => {
    const clamped = { ...quiet, metrics: { ack_latency: { ...metric, clamped: 3 } } };
    expect(standardCaveats(clamped as never)).toEqual([expect.stringContaining('3 samples')]);
  });

  /** 60 % of what was offered was achieved, each second with another median. */
  function slowing(p50s_us: readonly number[]) {
    const achieved = { ...perNoun(() => 0), events: 300, eventsPerSecond: 30 };
    const offered = { ...perNoun(() => 0), events: 500, eventsPerSecond: 50 };
    const [phase] = quiet.load.phases.filter(({ kind }) => kind === 'measured');
    const [row] = quiet.intervals;
    const intervals = p50s_us.map((p50_us) => ({
      ...row,
      phase: phase?.name,
      latencies: { ack_latency: { count: 50, p50_us, p95_us: p50_us, p99_us: p50_us, max_us: p50_us } },
    }));
    return { ...quiet, load: { ...quiet.load, achieved, offered }, intervals } as never;
  }

  it('warns of a queue that grows where less was achieved than offered and latencies grow', () => {
    const caveats = standardCaveats(slowing([5_000, 40_000, 90_000, 140_000, 190_000, 240_000]));
    expect(caveats).toEqual([expect.stringMatching(/^overload: 60 % .* grew from 23 ms to 215 ms/)]);
  });

  it('does not speak of overload where the relay refuses at once', () => {
    expect(standardCaveats(slowing([900, 1_100, 800, 1_300, 1_000, 1_900]))).toEqual([]);
  });

  it('says how many operations never ended', () => {
    const metrics = { ack_latency: { ...metric, censored: 7 } } as never;
    expect(standardCaveats({ ...quiet, metrics })).toEqual([
      expect.stringContaining('7 operations never ended'),
    ]);
  });
});
