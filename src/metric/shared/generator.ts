import { type MetricSet, NO_METRICS } from '../definition.ts';

/** What is measured of the generator itself, where operations are sent on a schedule. */
export const generatorMetrics = {
  ...NO_METRICS,
  sources: { generator: 'publish or query in the open load model' },
  latencies: {
    send_lag: {
      source: 'generator',
      from: 'scheduled',
      to: "written: the generator's own lateness",
      hasServiceTwin: false,
      labels: [],
    },
  },
  ratios: {
    achieved_rate_ratio: {
      source: 'generator',
      description: 'operations acknowledged or completed in time of operations scheduled',
      direction: 'higher',
      of: null,
      whenEmpty: 'nothing was offered in the measured phases',
      gate: 99,
    },
  },
} as const satisfies MetricSet;
