import { type MetricSet, NO_METRICS } from '../../metric/definition.ts';

/** What a storm measures of its own; what follows from it is measured of every connection that is lost. */
export const stormMetrics = {
  ...NO_METRICS,
  workload: { name: 'storm', measured: () => ({ sources: ['storm'] }) },
  sources: { storm: 'a storm workload, which the scenario does not have' },
  counters: {
    connections_cut: {
      source: 'storm',
      description: 'open connections that the generator cut without a word, as a network does that goes away',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
  },
  rows: [
    {
      label: 'cut off',
      shownFor: ['connections_cut'],
      text: '{connections_cut} connections',
      detail: 'by the generator, without a word',
      about: 'sent',
    },
  ],
} as const satisfies MetricSet;
