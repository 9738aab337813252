import { type MetricSet, NO_METRICS } from '../definition.ts';

/** What is measured of the faults of a run: one sample a fault. */
export const faultMetrics = {
  ...NO_METRICS,
  sources: { faults: 'faults, which the scenario does not have' },
  latencies: {
    fault_detection: {
      source: 'faults',
      from: 'a fault strikes',
      to: 'its first sign: the stack does something about it, or clients see an error or silence',
      hasServiceTwin: false,
      labels: [],
      isQuiet: true,
    },
    fault_recovery: {
      source: 'faults',
      from: 'a fault strikes',
      to: 'the first of three good seconds in a row, as good as those before it',
      hasServiceTwin: false,
      labels: [],
      isQuiet: true,
    },
    fault_silence: {
      source: 'faults',
      from: 'the last answer to anybody',
      to: 'the next one: the longest time without any after a fault',
      hasServiceTwin: false,
      labels: [],
      isQuiet: true,
    },
  },
} as const satisfies MetricSet;
