import type { RelayMetricsEntry, RunRecord } from '../../src/record/schema.ts';
import { sampleRecord } from './sample-record.ts';

/** What a strfry said of itself in the 20 measured seconds of the passing sample: 100 events and 50 queries a second. */
export function sampleRelayMetrics(changes: Partial<RelayMetricsEntry> = {}): RelayMetricsEntry {
  return {
    url: 'http://127.0.0.1:7777/metrics',
    software: 'strfry',
    scrapes: 21,
    failed: 0,
    malformedLines: 0,
    problem: null,
    figures: {
      events_total: 2_000,
      queries_total: 1_000,
      eventsSent_total: 30_000,
      writeTime_ms_total: 400,
      connections_max: 50,
      writeBatch_max: 7,
    },
    samples: Array.from({ length: 21 }, (_, t) => ({
      t,
      figures: { events_total: 5_000 + 100 * t, queries_total: 50 * t, connections: 50, writeBatch: 1 },
    })),
    ...changes,
  };
}

/** The passing sample, of whose relay that was asked. */
export function recordWithRelayMetrics(...relays: readonly RelayMetricsEntry[]): RunRecord {
  return { ...sampleRecord('pass'), relayMetrics: [...relays] };
}
