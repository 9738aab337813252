import { describe, expect, it } from 'vitest';
import { relayMetricsPlot } from '../../../../../src/report/html/plots/relay-metrics.ts';
import { sampleRecord } from '../../../../support/sample-record.ts';
import { recordWithRelayMetrics, sampleRelayMetrics } from '../../../../support/sample-relay-metrics.ts';

describe('the plot of what the relay says', () => {
  it('shows growth a second beside what was sent, from the start of the load', () => {
    const plot = relayMetricsPlot(recordWithRelayMetrics(sampleRelayMetrics()));
    expect(plot?.series.map(({ label }) => label)).toEqual([
      'sent by this run, all',
      'events received',
      'queries received',
    ]);
    const events = plot?.series[1]?.points;
    expect(events).toHaveLength(20);
    expect(events?.[0]).toEqual([6, 100]);
    expect(events?.at(-1)).toEqual([25, 100]);
  });

  it('adds relays up', () => {
    const plot = relayMetricsPlot(recordWithRelayMetrics(sampleRelayMetrics(), sampleRelayMetrics()));
    expect(plot?.series[1]?.points[0]).toEqual([6, 200]);
  });

  it('counts a relay that was started anew from zero, and bridges seconds without an answer', () => {
    const samples = [
      { t: 0, figures: { events_total: 500 } },
      { t: 1, figures: null },
      { t: 2, figures: { events_total: 700 } },
      { t: 3, figures: { events_total: 40 } },
    ];
    const plot = relayMetricsPlot(recordWithRelayMetrics(sampleRelayMetrics({ samples })));
    expect(plot?.series[1]?.points).toEqual([
      [7, 100],
      [8, 40],
    ]);
  });

  it('has one point a second, also where the last answer follows close on the one before', () => {
    const samples = [0, 1, 1.25].map((t) => ({ t, figures: { events_total: 100 * t } }));
    const plot = relayMetricsPlot(recordWithRelayMetrics(sampleRelayMetrics({ samples })));
    expect(plot?.series[1]?.points).toEqual([[6, 100]]);
  });

  it('is left out where nothing was told', () => {
    expect(relayMetricsPlot(sampleRecord('pass'))).toBeNull();
    expect(relayMetricsPlot(recordWithRelayMetrics(sampleRelayMetrics({ samples: [] })))).toBeNull();
  });
});
