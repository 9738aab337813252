import { type MetricSet, NO_METRICS } from '../definition.ts';

/** What is measured of replies and received events, whichever workload asked for them. */
export const replyMetrics = {
  ...NO_METRICS,
  sources: {
    replies: 'a publish or a query workload',
    events: 'a subscribe or a query workload, to which events come',
  },
  latencies: {
    late_latency: {
      source: 'replies',
      from: 'deadline of an operation, or our CLOSE',
      to: 'a reply that came all the same',
      hasServiceTwin: false,
      labels: [],
      isQuiet: true,
    },
  },
  counters: {
    replies_late: {
      source: 'replies',
      description: 'replies that came after the deadline of their operation, or after our CLOSE',
      direction: 'neutral',
      since: '1.1.0',
    },
    events_verified: {
      source: 'connections',
      description: 'received events whose id and signature were verified: a sample',
      direction: 'neutral',
      span: 'run',
    },
    events_invalid: {
      source: 'connections',
      description: 'received events of that sample that are malformed or carry a wrong id or signature',
      direction: 'lower',
      span: 'run',
      gate: { sort: 'conduct', needs: 'events' },
      trouble: { outOf: 'events_verified' },
    },
    events_verbatim_id: {
      source: 'connections',
      description: 'events of that sample whose id is the hash of control characters verbatim',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
  },
} as const satisfies MetricSet;
