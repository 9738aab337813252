import { type MeasuredRun, type MetricSet, NO_METRICS } from '../../metric/definition.ts';

/** What live subscriptions measure: EVENT at a subscriber. */
export const subscribeMetrics = {
  ...NO_METRICS,
  workload: {
    name: 'subscribe',
    measured: (_form: unknown, { relayProcesses }: MeasuredRun) => ({
      sources: relayProcesses > 1 ? ['subscribe', 'events', 'crossing'] : ['subscribe', 'events'],
    }),
  },
  sources: {
    subscribe: 'a subscribe workload, which the scenario does not have',
    crossing: 'subscribers on several relay processes (--stack scaled)',
  },
  latencies: {
    delivery_latency: {
      source: 'subscribe',
      from: "publisher's scheduled time",
      to: 'EVENT at a subscriber',
      hasServiceTwin: true,
      labels: ['region'],
      headline: { title: 'Write to subscriber' },
      row: 'delivered',
    },
    delivery_last_latency: {
      source: 'subscribe',
      from: "publisher's scheduled time",
      to: 'EVENT at the last of its subscribers',
      hasServiceTwin: true,
      labels: [],
    },
    delivery_cross_latency: {
      source: 'crossing',
      from: "publisher's scheduled time",
      to: 'EVENT at a subscriber that is on another relay process than the publisher',
      hasServiceTwin: true,
      labels: [],
    },
  },
  ratios: {
    delivery_ratio: {
      source: 'subscribe',
      description: 'deliveries received, or out of reach of a client that was away, of deliveries expected',
      direction: 'higher',
      of: { part: ['deliveries_received', 'deliveries_out_of_reach'], whole: ['deliveries_expected'] },
      whenEmpty: 'no accepted event had a live subscriber',
      gate: 100,
    },
  },
  counters: {
    deliveries_expected: {
      source: 'subscribe',
      description: 'accepted events × live subscriptions that match, as the scenario asks for them',
      direction: 'neutral',
    },
    deliveries_received: {
      source: 'subscribe',
      description: 'expected deliveries that arrived, each counted once',
      direction: 'higher',
    },
    deliveries_missing: {
      source: 'subscribe',
      description: 'expected deliveries that never arrived',
      direction: 'lower',
    },
    deliveries_out_of_reach: {
      source: 'subscribe',
      description:
        'expected deliveries that never arrived and that the relay did not owe: their client was away, and what it asked for when it came back does not reach them for certain',
      direction: 'lower',
      since: '1.1.0',
    },
    deliveries_refilled: {
      source: 'subscribe',
      description:
        'part of deliveries_received: those that came before the EOSE of a client that had been away',
      direction: 'neutral',
      since: '1.1.0',
    },
    deliveries_duplicate: {
      source: 'subscribe',
      description: 'an event that came again on the same subscription',
      direction: 'lower',
      isRepeat: true,
      trouble: { outOf: 'deliveries_expected' },
    },
    deliveries_unmatched: {
      source: 'subscribe',
      description: 'events on a live subscription whose filter they do not match',
      direction: 'lower',
      gate: { sort: 'conduct' },
      trouble: { outOf: 'deliveries_expected' },
      since: '1.1.0',
    },
    subscriptions_reopened: {
      source: 'subscribe',
      description: 'live subscriptions that the relay had ended and that were opened again',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    subscriptions_resubscribed: {
      source: 'subscribe',
      description: 'live subscriptions that were opened once more because their connection had been lost',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    subscriptions_closed: {
      source: 'subscribe',
      description: 'live subscriptions that the relay refused or ended by CLOSED',
      direction: 'lower',
      span: 'run',
      row: ['errors'],
      gate: { sort: 'kept' },
    },
  },
  balances: [
    {
      what: 'deliveries expected',
      total: 'deliveries_expected',
      outcomes: {
        received: 'deliveries_received',
        missing: 'deliveries_missing',
        'out of reach': 'deliveries_out_of_reach',
      },
    },
  ],
  rows: [
    {
      label: 'deliveries',
      shownFor: ['deliveries_expected', 'deliveries_received', 'deliveries_unmatched'],
      text: '{deliveries_received} of {deliveries_expected} received',
      detail: {
        missing: 'deliveries_missing',
        duplicate: 'deliveries_duplicate',
        unmatched: 'deliveries_unmatched',
      },
      about: 'received',
    },
    {
      label: 'gaps',
      shownFor: ['deliveries_refilled', 'deliveries_out_of_reach'],
      text: '{deliveries_refilled} deliveries filled in after a loss',
      detail: { 'out of reach': 'deliveries_out_of_reach' },
      about: 'received',
    },
  ],
  figures: [
    {
      label: 'Delivered',
      ratio: 'delivery_ratio',
      shownFor: 'deliveries_expected',
      detail: '{deliveries_missing} of {deliveries_expected} missing',
    },
  ],
} as const satisfies MetricSet;
