import { describe, expect, it } from 'vitest';
import { LATENCY_NAMES } from '../../../src/metric/catalogue.ts';
import { buildSeriesTable } from '../../../src/metric/series-table.ts';
import { seriesByRegion } from '../../../src/workload/regional-series.ts';
import { queryHarness } from '../../support/query-harness.ts';

const LABELS = { filter: ['feed'], region: ['near', 'far'] };
const PLAN = { labels: LABELS, targets: ['ws://near/', 'ws://far/'], rounds: [] };
const SERIES = buildSeriesTable(LATENCY_NAMES, LABELS);

describe('the series of a connection', () => {
  it('is that of the region of its target', () => {
    const of = seriesByRegion({ plan: PLAN, series: SERIES }, 'eose_latency', 'feed');
    expect([0, 1, 2].map((connection) => SERIES.keys[of?.(connection) ?? -1])).toEqual([
      'eose_latency{filter=feed,region=near}',
      'eose_latency{filter=feed,region=far}',
      'eose_latency{filter=feed,region=near}',
    ]);
  });

  it('is that of all where the targets are in no regions', () => {
    const plan = { ...PLAN, labels: {} };
    expect(seriesByRegion({ plan, series: SERIES }, 'ack_latency')).toBeUndefined();
  });
});

describe('a query', () => {
  it('counts for the region of the client that asked', () => {
    // The client of the harness is connection 1.
    const { ask, query, sink } = queryHarness({ plan: PLAN, series: SERIES });
    ask();
    query.onEose(1, 0);
    const keys = sink.latencies.map(({ series }) => SERIES.keys[series]);
    expect(keys).toContain('eose_latency{filter=feed,region=far}');
    expect(keys).not.toContain('eose_latency{filter=feed}');
  });

  it('that is never answered is slower than all others there', () => {
    const { ask, query, sink } = queryHarness({ plan: PLAN, series: SERIES });
    ask();
    query.expireAll();
    expect(sink.censoredOf(SERIES.indexOf('eose_latency', 'feed', 'far'))).toBe(1);
  });
});
