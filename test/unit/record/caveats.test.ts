import { describe, expect, it } from 'vitest';
import { standardCaveats } from '../../../src/record/caveats.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const quiet = {
  ...sampleRecord('pass'),
  metrics: {},
  environment: { ...sampleRecord('pass').environment, sameHostAsTarget: false },
  generator: { ...sampleRecord('pass').generator, ceiling: { events_per_s: 1 } },
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

  it('warns when the ceiling of this machine is unknown', () => {
    const generator = { ...quiet.generator, ceiling: null };
    expect(standardCaveats({ ...quiet, generator })).toEqual([expect.stringContaining('not calibrated')]);
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
});
