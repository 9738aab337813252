import * as z from 'zod';
import { type MeasuredRun, type MetricSet, NO_METRICS } from '../../metric/definition.ts';

const published = z.object({
  kind: z.number().optional(),
  events: z.array(z.object({ name: z.string(), kind: z.number().optional() })).optional(),
});

/** What publishing measures: EVENT → OK. */
export const publishMetrics = {
  ...NO_METRICS,
  workload: {
    name: 'publish',
    measured: (form: unknown, { isNamed, canBeSuperseded }: MeasuredRun) => {
      const { kind, events = [] } = published.parse(form);
      const kinds = events.length === 0 ? [kind] : events.map((sort) => sort.kind ?? kind);
      const isNew = !isNamed && kinds.every((each) => each !== undefined && !canBeSuperseded(each));
      return {
        sources: isNew ? ['publish', 'new-events'] : ['publish'],
        labels: { event: events.map(({ name }) => name) },
      };
    },
  },
  sources: {
    publish: 'a publish workload, which the scenario does not have',
    'new-events': 'events that are new to every relay: signed for the run, of a regular kind',
  },
  latencies: {
    ack_latency: {
      source: 'publish',
      from: 'EVENT',
      to: 'OK … true of the same id',
      hasServiceTwin: true,
      labels: ['event', 'region'],
      headline: { title: 'Write to OK' },
    },
    reject_latency: {
      source: 'publish',
      from: 'EVENT',
      to: 'OK … false of the same id',
      hasServiceTwin: true,
      labels: [],
      isQuiet: true,
    },
  },
  ratios: {
    ack_ratio: {
      source: 'publish',
      description:
        'events accepted (OK true, duplicates included) or rightly refused as superseded, of events sent and unsent',
      direction: 'higher',
      of: {
        part: ['events_accepted', 'events_duplicate', 'events_superseded'],
        whole: ['events_sent', 'events_unsent'],
      },
      whenEmpty: 'no event was due in the measured phases',
      gate: 100,
    },
  },
  counters: {
    events_sent: {
      source: 'publish',
      description: 'EVENT messages written',
      direction: 'neutral',
      row: ['sent'],
    },
    events_accepted: {
      source: 'publish',
      description: 'OK true, stored as new',
      direction: 'higher',
      row: ['acked'],
    },
    events_duplicate: {
      source: 'publish',
      description: 'OK true with prefix duplicate:',
      direction: 'neutral',
      row: ['acked'],
    },
    events_repeated: {
      source: 'publish',
      description: 'EVENT messages with an event that this run had sent before; part of events_sent',
      direction: 'neutral',
      since: '1.1.0',
    },
    events_resent: {
      source: 'publish',
      description:
        'events sent once more because their connection was lost before the answer; each is one of events_sent all the same',
      direction: 'neutral',
      since: '1.1.0',
    },
    duplicates_unexplained: {
      source: 'publish',
      description: 'answers duplicate: beyond the events that this run sent more than once',
      direction: 'lower',
      // A copy may have been sent in another phase than the one that was called a duplicate.
      explainedBy: 'events_repeated',
      gate: { sort: 'kept', needs: 'new-events' },
      since: '1.1.0',
    },
    events_unsent: {
      source: 'publish',
      description: 'events that could not be written: the target had closed their connection or did not read',
      direction: 'lower',
      since: '1.1.0',
    },
    events_dropped: {
      source: 'publish',
      description:
        'events that the generator never got round to writing: its own doing, which makes the run invalid',
      direction: 'lower',
      since: '1.1.0',
    },
    events_superseded: {
      source: 'publish',
      description: 'OK false because the relay has a newer version; part of events_rejected',
      direction: 'neutral',
      since: '1.1.0',
    },
    events_timeout: {
      source: 'publish',
      description: 'events without an OK before their deadline',
      direction: 'lower',
      row: ['errors'],
    },
    events_lost_at_close: {
      source: 'publish',
      description: 'events unanswered when their connection closed',
      direction: 'lower',
      row: ['errors'],
    },
  },
  maps: {
    events_rejected: {
      source: 'publish',
      description: 'OK false by prefix',
      direction: 'lower',
      label: 'prefix',
      row: ['rejected', 'errors'],
    },
  },
  accounts: [
    {
      noun: 'events',
      stream: 'publish',
      sent: 'events_sent',
      unsent: 'events_unsent',
      dropped: 'events_dropped',
      ends: {
        accepted: 'events_accepted',
        duplicate: 'events_duplicate',
        rejected: 'events_rejected',
        timeout: 'events_timeout',
        'lost at close': 'events_lost_at_close',
      },
      refusals: 'events_rejected',
      lost: 'events_lost_at_close',
      answer: 'ack_latency',
      // The relay has a newer version: it has done all that can be done with the event.
      asGood: ['events_superseded'],
      ratio: 'ack_ratio',
    },
  ],
  rows: [
    {
      label: 'repeats',
      shownFor: ['events_repeated'],
      text: '{events_repeated} sent again',
      detail: '{events_duplicate} called duplicates',
      about: 'sent',
    },
  ],
} as const satisfies MetricSet;
