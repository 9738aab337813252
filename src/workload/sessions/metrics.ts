import { type MeasuredRun, type MetricSet, NO_METRICS } from '../../metric/definition.ts';

/** Everything that clients ask; labels of their latencies. */
export const HABITS = [
  'firehose',
  'global-feed',
  'profiles',
  'author-archive',
  'follow-feed',
  'thread',
  'notifications',
  'conversation',
  'reactions-watch',
  'hashtag',
  'by-ids',
  'recent-window',
  'direct-messages',
] as const;

const OF_SESSIONS = { source: 'sessions', since: '1.1.0' } as const;

/** What is measured of real clients: each thing that they do, from the time at which they wanted to. */
export const sessionsMetrics = {
  ...NO_METRICS,
  workload: {
    name: 'sessions',
    measured: (_form: unknown, _run: MeasuredRun) => ({
      sources: ['sessions', 'events'],
      labels: { filter: HABITS },
    }),
  },
  sources: { sessions: 'a sessions workload, which the scenario has not' },
  latencies: {
    session_ready_latency: {
      ...OF_SESSIONS,
      from: 'scheduled open of a client that comes',
      to: 'EOSE of all that it asks first: its screen is complete',
      hasServiceTwin: true,
      labels: [],
      headline: { title: 'Client ready' },
    },
    session_request_latency: {
      ...OF_SESSIONS,
      from: 'REQ of a client in its session',
      to: 'EOSE',
      hasServiceTwin: true,
      labels: ['filter'],
      headline: { title: 'Request of a client' },
    },
    session_write_latency: {
      ...OF_SESSIONS,
      from: 'EVENT of a client in its session',
      to: 'OK … true of the same id',
      hasServiceTwin: true,
      labels: [],
      headline: { title: 'Write of a client' },
    },
  },
  ratios: {
    session_request_ratio: {
      ...OF_SESSIONS,
      description: 'requests of clients answered by EOSE of requests sent and unsent',
      direction: 'higher',
      of: {
        part: ['session_requests_completed'],
        whole: ['session_requests_sent', 'session_requests_unsent'],
      },
      whenEmpty: 'no client asked anything in the measured phases',
      gate: 100,
    },
    session_write_ratio: {
      ...OF_SESSIONS,
      description: 'notes of clients accepted of notes sent and unsent',
      direction: 'higher',
      of: { part: ['session_writes_accepted'], whole: ['session_writes_sent', 'session_writes_unsent'] },
      whenEmpty: 'no client wrote anything in the measured phases',
    },
  },
  counters: {
    session_requests_sent: {
      ...OF_SESSIONS,
      description: 'REQ messages that clients wrote in their sessions',
      direction: 'neutral',
      row: ['sent'],
    },
    session_requests_completed: {
      ...OF_SESSIONS,
      description: 'requests of clients that were answered by EOSE',
      direction: 'higher',
      row: ['completed'],
    },
    session_requests_closed: {
      ...OF_SESSIONS,
      description: 'requests of clients that were refused by CLOSED before their EOSE',
      direction: 'lower',
      row: ['errors'],
    },
    session_requests_timeout: {
      ...OF_SESSIONS,
      description: 'requests of clients without EOSE or CLOSED before their deadline',
      direction: 'lower',
      row: ['errors'],
    },
    session_requests_lost_at_close: {
      ...OF_SESSIONS,
      description: 'requests of clients that were unanswered when the target closed their connection',
      direction: 'lower',
      row: ['errors'],
    },
    session_requests_unsent: {
      ...OF_SESSIONS,
      description: 'requests of clients that could not be written: the target did not read, or had closed',
      direction: 'lower',
    },
    session_requests_dropped: {
      ...OF_SESSIONS,
      description:
        'requests of clients that the generator never came to write: its own doing, the run is invalid',
      direction: 'lower',
    },
    session_writes_sent: {
      ...OF_SESSIONS,
      description: 'notes that clients published in their sessions',
      direction: 'neutral',
      row: ['sent'],
    },
    session_writes_accepted: {
      ...OF_SESSIONS,
      description: 'notes of clients that the relay took (OK true)',
      direction: 'higher',
      row: ['acked'],
    },
    session_writes_timeout: {
      ...OF_SESSIONS,
      description: 'notes of clients without an OK before their deadline',
      direction: 'lower',
      row: ['errors'],
    },
    session_writes_lost_at_close: {
      ...OF_SESSIONS,
      description: 'notes of clients that were unanswered when the target closed their connection',
      direction: 'lower',
      row: ['errors'],
    },
    session_writes_unsent: {
      ...OF_SESSIONS,
      description: 'notes of clients that could not be written: the target did not read, or had closed',
      direction: 'lower',
    },
    session_writes_dropped: {
      ...OF_SESSIONS,
      description:
        'notes of clients that the generator never came to write: its own doing, the run is invalid',
      direction: 'lower',
    },
    session_clients: {
      ...OF_SESSIONS,
      description: 'clients that came: handshakes begun',
      direction: 'neutral',
    },
    session_clients_left: {
      ...OF_SESSIONS,
      description: 'of those, gone at the end of their stay',
      direction: 'neutral',
    },
    session_clients_staying: {
      ...OF_SESSIONS,
      description: 'of those, still there when the run ended',
      direction: 'neutral',
    },
    session_clients_failed: {
      ...OF_SESSIONS,
      description: 'of those, whose connection never opened; connection_errors has the reasons',
      direction: 'lower',
    },
    session_clients_lost: {
      ...OF_SESSIONS,
      description: 'of those, whose connection the target closed',
      direction: 'lower',
    },
    session_events_stored: {
      ...OF_SESSIONS,
      description: 'events that answered requests of clients, before their EOSE',
      direction: 'neutral',
    },
    session_events_live: {
      ...OF_SESSIONS,
      description: 'events that came on subscriptions that clients keep open',
      direction: 'neutral',
    },
    session_subscriptions_opened: {
      ...OF_SESSIONS,
      description: 'subscriptions that clients keep open after their EOSE',
      direction: 'neutral',
    },
    session_subscriptions_ended: {
      ...OF_SESSIONS,
      description: 'of those, ended by the relay (CLOSED)',
      direction: 'lower',
      row: ['errors'],
      gate: { sort: 'kept' },
    },
  },
  maps: {
    session_closes: {
      ...OF_SESSIONS,
      description: 'CLOSED of requests and subscriptions of clients by prefix',
      direction: 'lower',
      label: 'prefix',
    },
    session_writes_rejected: {
      ...OF_SESSIONS,
      description: 'notes of clients that were refused (OK false), by prefix',
      direction: 'lower',
      label: 'prefix',
      row: ['rejected', 'errors'],
      gate: { sort: 'kept' },
    },
  },
  accounts: [
    {
      noun: 'requests',
      stream: null,
      sent: 'session_requests_sent',
      unsent: 'session_requests_unsent',
      dropped: 'session_requests_dropped',
      ends: {
        completed: 'session_requests_completed',
        closed: 'session_requests_closed',
        timeout: 'session_requests_timeout',
        'lost at close': 'session_requests_lost_at_close',
      },
      lost: 'session_requests_lost_at_close',
      answer: 'session_request_latency',
      asGood: [],
      ratio: 'session_request_ratio',
      since: '1.1.0',
    },
    {
      noun: 'writes',
      stream: null,
      sent: 'session_writes_sent',
      unsent: 'session_writes_unsent',
      dropped: 'session_writes_dropped',
      ends: {
        accepted: 'session_writes_accepted',
        rejected: 'session_writes_rejected',
        timeout: 'session_writes_timeout',
        'lost at close': 'session_writes_lost_at_close',
      },
      refusals: 'session_writes_rejected',
      lost: 'session_writes_lost_at_close',
      answer: 'session_write_latency',
      asGood: [],
      ratio: 'session_write_ratio',
      since: '1.1.0',
    },
  ],
  balances: [
    {
      what: 'clients that came',
      total: 'session_clients',
      outcomes: {
        left: 'session_clients_left',
        staying: 'session_clients_staying',
        'not opened': 'session_clients_failed',
        'closed by the target': 'session_clients_lost',
      },
    },
  ],
  rows: [
    {
      label: 'clients',
      shownFor: ['session_clients'],
      text: '{session_clients} came, {session_clients_left} of them left again',
      detail: { 'not opened': 'session_clients_failed', 'closed by the target': 'session_clients_lost' },
      about: 'sent',
    },
    {
      label: 'clients received',
      shownFor: ['session_events_stored', 'session_events_live'],
      text: '{session_events_stored} stored events, {session_events_live} live on {session_subscriptions_opened} subscriptions',
      detail: { 'subscriptions ended by the relay': 'session_subscriptions_ended' },
      about: 'received',
    },
  ],
} as const satisfies MetricSet;
