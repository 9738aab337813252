import { type MeasuredRun, type MetricSet, NO_METRICS } from '../../metric/definition.ts';

/** What watching events measures: EVENT → the first REQ by id that returns it. */
export const visibilityMetrics = {
  ...NO_METRICS,
  workload: {
    name: 'visibility',
    measured: (_form: unknown, _run: MeasuredRun) => ({ sources: ['visibility'] }),
  },
  sources: { visibility: 'a visibility workload, which the scenario has not' },
  latencies: {
    visibility_latency: {
      source: 'visibility',
      from: 'EVENT',
      to: 'the first REQ by its id, on another connection, that returns it',
      hasServiceTwin: true,
      labels: [],
      headline: { title: 'Write to read' },
      since: '1.1.0',
    },
  },
  ratios: {
    visibility_ratio: {
      source: 'visibility',
      description: 'watched events that could be read before their deadline, of those that the relay took',
      direction: 'higher',
      of: { part: ['visibility_seen'], whole: ['visibility_seen', 'visibility_timeout'] },
      whenEmpty: 'no event was watched',
      gate: 100,
      since: '1.1.0',
    },
  },
  counters: {
    visibility_samples: {
      source: 'visibility',
      description: 'published events that were watched: a sample',
      direction: 'neutral',
      since: '1.1.0',
    },
    visibility_seen: {
      source: 'visibility',
      description: 'watched events that a REQ by id returned',
      direction: 'higher',
      since: '1.1.0',
    },
    visibility_timeout: {
      source: 'visibility',
      description: 'watched events that no REQ returned before their deadline',
      direction: 'lower',
      row: ['errors'],
      since: '1.1.0',
    },
    visibility_refused: {
      source: 'visibility',
      description: 'watched events that the relay refused or never acknowledged: there was nothing to see',
      direction: 'neutral',
      since: '1.1.0',
    },
    visibility_polls: {
      source: 'visibility',
      description: 'REQ messages that asked for watched events',
      direction: 'neutral',
      since: '1.1.0',
    },
    visibility_behind_ok: {
      source: 'visibility',
      description: 'watched events that a REQ written after their OK did not return',
      direction: 'lower',
      since: '1.1.0',
    },
  },
  maps: {
    visibility_closes: {
      source: 'visibility',
      description: 'REQ messages for watched events that were refused by CLOSED, by prefix',
      direction: 'lower',
      label: 'prefix',
      row: ['errors'],
      since: '1.1.0',
    },
  },
  balances: [
    {
      what: 'watched events',
      total: 'visibility_samples',
      outcomes: {
        seen: 'visibility_seen',
        timeout: 'visibility_timeout',
        refused: 'visibility_refused',
      },
    },
  ],
  rows: [
    {
      label: 'visibility',
      shownFor: ['visibility_samples'],
      text: '{visibility_seen} of {visibility_samples} watched events seen, {visibility_polls} polls',
      detail: { 'behind their OK': 'visibility_behind_ok', 'never seen': 'visibility_timeout' },
      about: 'received',
    },
  ],
} as const satisfies MetricSet;
