import * as z from 'zod';
import { type MeasuredRun, type MetricSet, NO_METRICS } from '../../metric/definition.ts';

const asked = z.object({ filters: z.array(z.object({ name: z.string() })) });

/** What counting measures: COUNT → its answer, and whether the number can be right (NIP-45). */
export const countMetrics = {
  ...NO_METRICS,
  workload: {
    name: 'count',
    measured: (form: unknown, _run: MeasuredRun) => ({
      sources: ['count'],
      labels: { filter: asked.parse(form).filters.map(({ name }) => name) },
    }),
  },
  sources: { count: 'a count workload, which the scenario has not' },
  latencies: {
    count_latency: {
      source: 'count',
      from: 'COUNT',
      to: 'its answer (NIP-45)',
      hasServiceTwin: true,
      labels: ['filter'],
      headline: { title: 'Count' },
      since: '1.1.0',
    },
  },
  ratios: {
    count_ratio: {
      source: 'count',
      description: 'counts answered of counts sent and unsent',
      direction: 'higher',
      of: { part: ['counts_completed'], whole: ['counts_sent', 'counts_unsent'] },
      whenEmpty: 'no count was due in the measured phases',
      gate: 100,
      since: '1.1.0',
    },
  },
  counters: {
    counts_sent: {
      source: 'count',
      description: 'COUNT messages written',
      direction: 'neutral',
      row: ['sent'],
      since: '1.1.0',
    },
    counts_completed: {
      source: 'count',
      description: 'counts answered by COUNT',
      direction: 'higher',
      row: ['completed'],
      since: '1.1.0',
    },
    counts_closed: {
      source: 'count',
      description: 'counts refused by CLOSED',
      direction: 'lower',
      row: ['errors'],
      since: '1.1.0',
    },
    counts_timeout: {
      source: 'count',
      description: 'counts without an answer before their deadline',
      direction: 'lower',
      row: ['errors'],
      since: '1.1.0',
    },
    counts_lost_at_close: {
      source: 'count',
      description: 'counts unanswered when their connection closed',
      direction: 'lower',
      row: ['errors'],
      since: '1.1.0',
    },
    counts_unsent: {
      source: 'count',
      description: 'counts that could not be written: the target had closed their connection or did not read',
      direction: 'lower',
      since: '1.1.0',
    },
    counts_dropped: {
      source: 'count',
      description: 'counts that the generator never came to write: its own doing, the run is invalid',
      direction: 'lower',
      since: '1.1.0',
    },
    counts_checked: {
      source: 'count',
      description: 'answers whose number was compared with what the corpus tells',
      direction: 'neutral',
      since: '1.1.0',
    },
    counts_approximate: {
      source: 'count',
      description: 'answers that call themselves approximate, or carry an hll value: allowed, not judged',
      direction: 'neutral',
      since: '1.1.0',
    },
    counts_inexact: {
      source: 'count',
      description:
        'checked numbers that are not exact, within the error of a probabilistic count, and do not say so',
      direction: 'lower',
      since: '1.1.0',
    },
  },
  maps: {
    count_closes: {
      source: 'count',
      description: 'CLOSED of counts by prefix; part of counts_closed',
      direction: 'lower',
      label: 'prefix',
      since: '1.1.0',
    },
    counts_wrong: {
      source: 'count',
      description: 'numbers that are wrong, by what is wrong',
      direction: 'lower',
      label: 'reason',
      gate: { sort: 'conduct' },
      trouble: { outOf: 'counts_checked' },
      since: '1.1.0',
    },
  },
  accounts: [
    {
      noun: 'counts',
      stream: 'count',
      sent: 'counts_sent',
      unsent: 'counts_unsent',
      dropped: 'counts_dropped',
      ends: {
        completed: 'counts_completed',
        closed: 'counts_closed',
        timeout: 'counts_timeout',
        'lost at close': 'counts_lost_at_close',
      },
      lost: 'counts_lost_at_close',
      answer: 'count_latency',
      asGood: [],
      ratio: 'count_ratio',
      since: '1.1.0',
    },
  ],
  rows: [
    {
      label: 'numbers',
      shownFor: ['counts_checked', 'counts_approximate'],
      text: '{counts_checked} checked, {counts_approximate} approximate',
      detail: { inexact: 'counts_inexact', wrong: 'counts_wrong' },
      about: 'received',
    },
  ],
} as const satisfies MetricSet;
