import { type MetricSet, NO_METRICS } from '../definition.ts';

/** What every run measures of its connections; counted from the ramp on. */
export const connectionMetrics = {
  ...NO_METRICS,
  sources: { connections: 'connections' },
  latencies: {
    connect_latency: {
      source: 'connections',
      from: 'scheduled open',
      to: 'WebSocket open (TCP, TLS, upgrade)',
      hasServiceTwin: true,
      labels: [],
      headline: { title: 'Connect', isFallback: true },
    },
  },
  ratios: {
    connect_ratio: {
      source: 'connections',
      description: 'connections opened of connections requested',
      direction: 'higher',
      of: null,
      whenEmpty: 'no connection was requested',
      gate: 100,
    },
  },
  counters: {
    connections_lost: {
      source: 'connections',
      description: 'open connections that the target closed within the run',
      direction: 'lower',
      span: 'run',
      gate: { sort: 'kept' },
      since: '1.1.0',
    },
    notices: {
      source: 'connections',
      description: 'NOTICE messages received',
      direction: 'lower',
      span: 'run',
    },
    stray_frames: {
      source: 'connections',
      description: 'frames that answer nothing that was asked',
      direction: 'lower',
      span: 'run',
      trouble: { outOf: null },
    },
    malformed_frames: {
      source: 'connections',
      description: 'frames that are not a Nostr message',
      direction: 'lower',
      span: 'run',
      row: ['errors'],
    },
    bytes_sent: {
      source: 'connections',
      description: 'WebSocket bytes written, frame headers included',
      direction: 'neutral',
      span: 'run',
    },
    bytes_received: {
      source: 'connections',
      description: 'WebSocket payload bytes received',
      direction: 'neutral',
      span: 'run',
    },
  },
  maps: {
    connection_errors: {
      source: 'connections',
      description: 'failed or broken connections by reason',
      direction: 'lower',
      label: 'reason',
      span: 'run',
      row: ['errors'],
    },
    close_codes: {
      source: 'connections',
      description: 'unexpected closes by WebSocket close code',
      direction: 'lower',
      label: 'code',
      span: 'run',
      row: ['errors'],
    },
  },
} as const satisfies MetricSet;
