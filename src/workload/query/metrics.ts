import * as z from 'zod';
import { type MeasuredRun, type MetricSet, NO_METRICS } from '../../metric/definition.ts';

const asked = z.object({
  filters: z.array(z.object({ name: z.string() })),
  check: z.number().optional(),
});

/** What queries measure: REQ → EOSE, and whether the answers are right. */
export const queryMetrics = {
  ...NO_METRICS,
  workload: {
    name: 'query',
    measured: (form: unknown, { isNamed }: MeasuredRun) => {
      const { filters, check = 0 } = asked.parse(form);
      const isChecked = isNamed && check > 0;
      return {
        sources: isChecked ? ['query', 'events', 'answers'] : ['query', 'events'],
        labels: { filter: filters.map(({ name }) => name) },
      };
    },
  },
  sources: {
    query: 'a query workload, which the scenario does not have',
    answers: 'queries of a named corpus, of which some are checked',
  },
  latencies: {
    first_event_latency: {
      source: 'query',
      from: 'REQ',
      to: 'first stored EVENT',
      hasServiceTwin: true,
      labels: ['filter', 'region'],
    },
    eose_latency: {
      source: 'query',
      from: 'REQ',
      to: 'EOSE',
      hasServiceTwin: true,
      labels: ['filter', 'region'],
      headline: { title: 'Query to EOSE' },
    },
  },
  ratios: {
    query_ratio: {
      source: 'query',
      description: 'queries ended by EOSE of queries sent and unsent',
      direction: 'higher',
      of: { part: ['queries_completed'], whole: ['queries_sent', 'queries_unsent'] },
      whenEmpty: 'no query was due in the measured phases',
      gate: 100,
    },
  },
  counters: {
    queries_sent: {
      source: 'query',
      description: 'REQ messages written',
      direction: 'neutral',
      row: ['sent'],
    },
    queries_completed: {
      source: 'query',
      description: 'queries ended by EOSE',
      direction: 'higher',
      row: ['completed'],
    },
    queries_closed: {
      source: 'query',
      description: 'queries refused or ended by CLOSED',
      direction: 'lower',
      row: ['errors'],
    },
    queries_timeout: {
      source: 'query',
      description: 'queries without EOSE or CLOSED before their deadline',
      direction: 'lower',
      row: ['errors'],
    },
    queries_lost_at_close: {
      source: 'query',
      description: 'queries unanswered when their connection closed',
      direction: 'lower',
      row: ['errors'],
    },
    queries_resent: {
      source: 'query',
      description: 'queries asked once more because their connection was lost before the answer was complete',
      direction: 'neutral',
      since: '1.1.0',
    },
    queries_unsent: {
      source: 'query',
      description:
        'queries that could not be written: the target had closed their connection or did not read',
      direction: 'lower',
      since: '1.1.0',
    },
    queries_dropped: {
      source: 'query',
      description:
        'queries that the generator never got round to writing: its own doing, which makes the run invalid',
      direction: 'lower',
      since: '1.1.0',
    },
    query_events_received: {
      source: 'query',
      description: 'stored EVENT messages received by queries',
      direction: 'neutral',
    },
    query_overflows: {
      source: 'query',
      description: 'queries to which the relay sent more stored events than the limit',
      direction: 'lower',
      gate: { sort: 'conduct' },
    },
    events_after_eose: {
      source: 'query',
      description: 'events after EOSE that were stored before the query, so that they are not live',
      direction: 'lower',
      gate: { sort: 'conduct' },
      since: '1.1.0',
    },
    answers_checked: {
      source: 'answers',
      description: 'answers to queries that were compared with the right ones: a sample',
      direction: 'neutral',
      since: '1.1.0',
    },
  },
  maps: {
    query_closes: {
      source: 'query',
      description: 'CLOSED of queries by prefix; part of queries_closed',
      direction: 'lower',
      label: 'prefix',
      since: '1.1.0',
    },
    answers_wrong: {
      source: 'answers',
      description: 'checked answers that are wrong, by what is wrong first',
      direction: 'lower',
      label: 'reason',
      gate: { sort: 'conduct' },
      trouble: { outOf: 'answers_checked' },
      needs: { counter: 'answers_checked', reason: 'no answer was checked' },
      since: '1.1.0',
    },
  },
  accounts: [
    {
      noun: 'queries',
      stream: 'query',
      sent: 'queries_sent',
      unsent: 'queries_unsent',
      dropped: 'queries_dropped',
      // An overflow is closed by this side and counted among the closed ones.
      ends: {
        completed: 'queries_completed',
        closed: 'queries_closed',
        timeout: 'queries_timeout',
        'lost at close': 'queries_lost_at_close',
      },
      refusals: 'query_closes',
      lost: 'queries_lost_at_close',
      answer: 'eose_latency',
      asGood: [],
      ratio: 'query_ratio',
    },
  ],
  rows: [
    {
      label: 'answers',
      shownFor: ['answers_checked'],
      text: '{answers_checked} checked',
      detail: { wrong: 'answers_wrong' },
      about: 'received',
    },
  ],
} as const satisfies MetricSet;
