import { describe, expect, it } from 'vitest';
import { buildSeriesTable } from '../../../src/metric/series-table.ts';

const FILTERS = { filter: ['feed', 'ids'] };
const REGIONS = { region: ['near', 'far'] };

describe('the series of a run', () => {
  it('are one for each value of the label of a latency, and its twins', () => {
    const { keys } = buildSeriesTable(['eose_latency'], FILTERS);
    expect(keys).toEqual([
      'eose_latency{filter=feed}',
      'eose_latency_service{filter=feed}',
      'eose_latency{filter=ids}',
      'eose_latency_service{filter=ids}',
    ]);
  });

  it('are besides one for each region, for what clients there have waited for', () => {
    const { keys } = buildSeriesTable(['delivery_latency'], REGIONS);
    expect(keys.filter((key) => !key.includes('_service'))).toEqual([
      'delivery_latency',
      'delivery_latency{region=near}',
      'delivery_latency{region=far}',
    ]);
  });

  it('are found by metric, value and region', () => {
    const table = buildSeriesTable(['eose_latency', 'connect_latency'], { ...FILTERS, ...REGIONS });
    const keyOf = (...args: Parameters<typeof table.indexOf>) => table.keys[table.indexOf(...args)];
    expect(keyOf('eose_latency', 'ids')).toBe('eose_latency{filter=ids}');
    expect(keyOf('eose_latency', 'ids', 'far')).toBe('eose_latency{filter=ids,region=far}');
    expect(keyOf('connect_latency')).toBe('connect_latency');
    expect(table.indexOf('connect_latency', undefined, 'far')).toBe(-1);
    expect(table.indexOf('eose_latency', 'ids', 'elsewhere')).toBe(-1);
  });
});
