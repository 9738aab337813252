import { type MeasuredRun, type MetricSet, NO_METRICS } from '../../metric/definition.ts';

/**
 * What is measured of clients that read slowly, apart from those beside them: whatever a relay does with what they do not
 * read, it is no failure of the relay.
 */
export const slowReaderMetrics = {
  ...NO_METRICS,
  workload: {
    name: 'slow-reader',
    measured: (_form: unknown, _run: MeasuredRun) => ({ sources: ['slow-reader', 'events'] }),
  },
  sources: { 'slow-reader': 'a slow-reader workload, which the scenario has not' },
  latencies: {
    slow_delivery_latency: {
      source: 'slow-reader',
      from: "publisher's scheduled time",
      to: 'EVENT read by a client that reads slowly: mostly its own doing',
      hasServiceTwin: true,
      labels: [],
      isQuiet: true,
      since: '1.1.0',
    },
  },
  counters: {
    slow_readers: {
      source: 'slow-reader',
      description: 'clients that read slowly and had a live subscription when the load began',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    slow_readers_kept: {
      source: 'slow-reader',
      description: 'of those, still connected and subscribed when the run ended',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    slow_readers_closed: {
      source: 'slow-reader',
      description:
        'of those, whose connection the relay closed within the run; slow_reader_closes has the codes',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    slow_readers_unsubscribed: {
      source: 'slow-reader',
      description: 'of those, whose subscription the relay ended by CLOSED',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    slow_bytes_read: {
      source: 'slow-reader',
      description: 'bytes of events that slow clients read from the start of the load to its end',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    slow_deliveries_expected: {
      source: 'slow-reader',
      description: 'accepted events × live subscriptions of slow clients that match',
      direction: 'neutral',
      since: '1.1.0',
    },
    slow_deliveries_received: {
      source: 'slow-reader',
      description: 'of those, read by the client, also where it caught up after the load',
      direction: 'neutral',
      since: '1.1.0',
    },
    slow_deliveries_cut: {
      source: 'slow-reader',
      description: 'of those, not read when the relay closed the connection or ended the subscription',
      direction: 'neutral',
      since: '1.1.0',
    },
    slow_deliveries_behind: {
      source: 'slow-reader',
      description: 'of those, not come when the run ended: left out by the relay, or still held back by it',
      direction: 'neutral',
      since: '1.1.0',
    },
  },
  maps: {
    slow_reader_closes: {
      source: 'slow-reader',
      description: 'closes of the connections of slow clients by WebSocket close code',
      direction: 'neutral',
      label: 'code',
      span: 'run',
      since: '1.1.0',
    },
  },
  balances: [
    {
      what: 'slow readers',
      total: 'slow_readers',
      outcomes: {
        kept: 'slow_readers_kept',
        closed: 'slow_readers_closed',
        unsubscribed: 'slow_readers_unsubscribed',
      },
    },
    {
      what: 'deliveries expected by slow readers',
      total: 'slow_deliveries_expected',
      outcomes: {
        received: 'slow_deliveries_received',
        cut: 'slow_deliveries_cut',
        behind: 'slow_deliveries_behind',
      },
    },
  ],
  rows: [
    {
      label: 'slow readers',
      shownFor: ['slow_readers'],
      text: '{slow_readers_kept} of {slow_readers} kept, {slow_deliveries_received} of {slow_deliveries_expected} events read',
      detail:
        '{slow_readers_closed} closed, {slow_deliveries_cut} events cut off, {slow_deliveries_behind} not come',
      about: 'received',
    },
  ],
} as const satisfies MetricSet;
