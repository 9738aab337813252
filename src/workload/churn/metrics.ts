import * as z from 'zod';
import { type MeasuredRun, type MetricSet, NO_METRICS } from '../../metric/definition.ts';

const asked = z.object({ filters: z.array(z.object({ name: z.string() })).optional() });

/** What is measured of connections that come and go, besides how long they take to open. */
export const churnMetrics = {
  ...NO_METRICS,
  workload: {
    name: 'churn',
    measured: (form: unknown, _run: MeasuredRun) => {
      const { filters } = asked.parse(form);
      if (filters === undefined) return { sources: ['churn'] };
      return {
        sources: ['churn', 'churn-requests', 'events'],
        labels: { filter: filters.map(({ name }) => name) },
      };
    },
  },
  sources: {
    churn: 'a churn workload, which the scenario has not',
    'churn-requests': 'a churn workload with filters, which the scenario has not',
  },
  latencies: {
    churn_ready_latency: {
      source: 'churn-requests',
      from: 'scheduled open of a connection that comes and goes',
      to: 'EOSE of what it asks first',
      hasServiceTwin: true,
      labels: ['filter'],
      headline: { title: 'Come to first answer' },
      since: '1.1.0',
    },
  },
  ratios: {
    churn_request_ratio: {
      source: 'churn-requests',
      description: 'requests answered by EOSE of requests that connections sent which come and go',
      direction: 'higher',
      of: { part: ['churn_requests_completed'], whole: ['churn_requests'] },
      whenEmpty: 'no such connection was open in the measured phases',
      gate: 100,
      since: '1.1.0',
    },
  },
  counters: {
    churn_connections: {
      source: 'churn',
      description: 'connections that came: handshakes begun',
      direction: 'neutral',
      row: ['sent'],
      since: '1.1.0',
    },
    churn_gone: {
      source: 'churn',
      description: 'of those, closed by the client at the end of their stay',
      direction: 'neutral',
      since: '1.1.0',
    },
    churn_staying: {
      source: 'churn',
      description: 'of those, still open when the run ended',
      direction: 'neutral',
      since: '1.1.0',
    },
    churn_failed: {
      source: 'churn',
      description: 'of those, never opened; connection_errors has the reasons',
      direction: 'lower',
      since: '1.1.0',
    },
    churn_lost: {
      source: 'churn',
      description: 'of those, closed by the target before their stay was over',
      direction: 'lower',
      since: '1.1.0',
    },
    churn_requests: {
      source: 'churn-requests',
      description: 'requests that such connections sent as soon as they were open',
      direction: 'neutral',
      since: '1.1.0',
    },
    churn_requests_completed: {
      source: 'churn-requests',
      description: 'requests of such connections that were answered by EOSE',
      direction: 'higher',
      row: ['completed'],
      since: '1.1.0',
    },
    churn_requests_timeout: {
      source: 'churn-requests',
      description: 'requests of such connections without EOSE or CLOSED before their deadline',
      direction: 'lower',
      row: ['errors'],
      since: '1.1.0',
    },
    churn_requests_lost: {
      source: 'churn-requests',
      description: 'requests of such connections that were unanswered when the target closed them',
      direction: 'lower',
      row: ['errors'],
      since: '1.1.0',
    },
    churn_requests_closed: {
      source: 'churn-requests',
      description: 'requests of such connections that were refused by CLOSED',
      direction: 'lower',
      row: ['errors'],
      since: '1.1.0',
    },
    churn_events_received: {
      source: 'churn-requests',
      description: 'events that came to such connections, stored and live',
      direction: 'neutral',
      since: '1.1.0',
    },
  },
  maps: {
    churn_closes: {
      source: 'churn-requests',
      description: 'CLOSED on such connections by prefix, before their EOSE and after',
      direction: 'lower',
      label: 'prefix',
      since: '1.1.0',
    },
  },
  balances: [
    {
      what: 'connections that came',
      total: 'churn_connections',
      outcomes: {
        'gone by themselves': 'churn_gone',
        staying: 'churn_staying',
        'not opened': 'churn_failed',
        'closed by the target': 'churn_lost',
      },
    },
    {
      what: 'requests of connections that came',
      total: 'churn_requests',
      outcomes: {
        completed: 'churn_requests_completed',
        closed: 'churn_requests_closed',
        timeout: 'churn_requests_timeout',
        lost: 'churn_requests_lost',
      },
    },
  ],
  rows: [
    {
      label: 'churn',
      shownFor: ['churn_connections'],
      text: '{churn_connections} connections came, {churn_gone} went by themselves',
      detail: { 'not opened': 'churn_failed', 'closed by the target': 'churn_lost' },
      about: 'sent',
    },
    {
      label: 'asked on coming',
      shownFor: ['churn_requests'],
      text: '{churn_requests_completed} of {churn_requests} answered',
      detail: {
        closed: 'churn_requests_closed',
        timeout: 'churn_requests_timeout',
        lost: 'churn_requests_lost',
      },
      about: 'received',
    },
  ],
} as const satisfies MetricSet;
