import { describe, expect, test } from 'vitest';
import { fromRecord, watchedReads } from '../../../src/audit/from-record.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const sample = sampleRecord('pass');
const FAULTS = [{ at: 1_000, action: 'kill' }] as unknown as RunRecord['faults'];

function recordWith(counters: Partial<RunRecord['counters']>, changes: Partial<RunRecord> = {}): RunRecord {
  const expected = { deliveries_expected: 100, deliveries_missing: 0, deliveries_duplicate: 0 };
  return { ...sample, faults: [], counters: { ...sample.counters, ...expected, ...counters }, ...changes };
}

describe('deliveries, as the run has counted them', () => {
  test('without faults come exactly once', () => {
    const { I6, I7 } = fromRecord(recordWith({ deliveries_missing: 2, deliveries_duplicate: 1 }), null);
    expect(I6).toMatchObject({ checked: 100, violated: 3 });
    expect(I7).toMatchObject({ checked: 0, reason: 'the run had no faults' });
  });

  test('of a run without subscriptions are not checked', () => {
    expect(fromRecord(recordWith({ deliveries_expected: 0 }), null).I6).toMatchObject({
      checked: 0,
      reason: 'no accepted event had a live subscriber',
    });
  });

  test('with faults are to be complete; who subscribes again may get one twice', () => {
    const counters = { deliveries_missing: 2, deliveries_duplicate: 5, connections_lost: 0 };
    const { I6, I7 } = fromRecord(recordWith(counters, { faults: FAULTS }), null);
    expect(I6).toMatchObject({ checked: 0, reason: 'the run had faults: see I7' });
    expect(I7).toMatchObject({ checked: 100, violated: 2 });
  });

  test('to clients that were cut off are to be complete but for what they could not reach', () => {
    const counters = {
      deliveries_missing: 0,
      deliveries_duplicate: 5,
      connections_cut: 8,
      deliveries_out_of_reach: 10,
    };
    const { I6, I7 } = fromRecord(recordWith(counters), null);
    expect(I6).toMatchObject({ checked: 0, reason: 'clients lost 8 connections: see I7' });
    expect(I7).toMatchObject({ checked: 90, violated: 0 });
  });

  test('to clients that have lost their connections are checked only where they come back', () => {
    const lost = recordWith({ deliveries_missing: 2, connections_lost: 4 }, { faults: FAULTS });
    expect(fromRecord(lost, null).I7).toMatchObject({
      checked: 0,
      reason: expect.stringContaining('clients lost 4 connections and did not come back'),
    });
    const connections = { reconnect: { first: 100, longest: 1_000, jitter: true } };
    const back = {
      ...lost,
      scenario: { ...lost.scenario, resolved: { ...lost.scenario.resolved, connections } },
    };
    expect(fromRecord(back, null).I7).toMatchObject({ checked: 100, violated: 2 });
  });
});

describe('primaries', () => {
  const database = (name: string, rows: readonly number[]): RunRecord['components'][number] => ({
    ...{ name, role: 'Postgres replica', pid: 1, cpu_s: 0, cpuShare: 0, rssMax_bytes: 0 },
    samples: rows.map((stored, t) => ({
      ...{ t, cpuShare: null, rss_bytes: null },
      figures: { replicas: 1, rowsInserted_total: stored },
    })),
  });

  test('that store something at the same time are named, with their times', () => {
    const components = [database('postgres-1', [1, 2, 3]), database('postgres-2', [5, 6, 6])];
    const { I10 } = fromRecord(recordWith({}, { components }), null);
    expect(I10).toMatchObject({ violated: 1 });
    expect(I10.violations[0]).toMatchObject({
      subject: 'postgres-1 and postgres-2',
      what: 'two primaries stored events at the same time',
    });
    expect(I10.violations[0]?.timeline).toHaveLength(2);
  });

  test('are not checked where there is one database, or where none was watched long enough', () => {
    const one = fromRecord(recordWith({}, { components: [database('postgres-1', [1, 2])] }), null);
    expect(one.I10).toMatchObject({ checked: 0, reason: 'the stack has one database' });
    const components = [database('postgres-1', [1]), database('postgres-2', [])];
    expect(fromRecord(recordWith({}, { components }), null).I10).toMatchObject({
      checked: 0,
      reason: expect.stringContaining('no primary was watched'),
    });
  });

  test('a server that does not answer after the run claims nothing', () => {
    const components = [database('postgres-1', [1, 2]), database('postgres-2', [])];
    const claims = [
      { name: 'postgres-1', isPrimary: true },
      { name: 'postgres-2', isPrimary: null },
    ];
    expect(fromRecord(recordWith({}, { components }), claims).I10).toMatchObject({ checked: 2, violated: 0 });
  });
});

describe('reads under load', () => {
  test('are told where the run has watched some', () => {
    const watched = recordWith({ visibility_samples: 50, visibility_behind_ok: 2 });
    expect(watchedReads(watched)).toContain(
      '2 of 50 watched events were not returned by a REQ behind their OK',
    );
    expect(watchedReads(recordWith({}))).toBeNull();
  });
});
