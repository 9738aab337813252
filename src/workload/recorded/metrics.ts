import { type MeasuredRun, type MetricSet, NO_METRICS } from '../../metric/definition.ts';

/** What clients of a trace send and wait for; labels of the latency. */
export const REPLAYED_MESSAGES = ['REQ', 'EVENT', 'COUNT'] as const;

const OF_REPLAY = { source: 'recorded', since: '1.1.0' } as const;

/** What is measured of a trace that is offered again, from the times at which its clients did it. */
export const recordedMetrics = {
  ...NO_METRICS,
  workload: {
    name: 'recorded',
    measured: (_form: unknown, _run: MeasuredRun) => ({
      sources: ['recorded', 'events'],
      labels: { message: REPLAYED_MESSAGES },
    }),
  },
  sources: { recorded: 'a recorded workload, which the scenario has not' },
  latencies: {
    replay_latency: {
      ...OF_REPLAY,
      from: 'REQ, EVENT or COUNT, when the client of the trace sent it',
      to: 'EOSE, OK … true of the same id, or COUNT',
      hasServiceTwin: true,
      labels: ['message'],
      headline: { title: 'Replayed' },
    },
  },
  ratios: {
    replay_ratio: {
      ...OF_REPLAY,
      description:
        'REQ, EVENT and COUNT of a trace that were answered by EOSE, OK true or COUNT, or that their client gave up itself, of those sent and unsent',
      direction: 'higher',
      of: { part: ['replays_answered', 'replays_ended'], whole: ['replays_sent', 'replays_unsent'] },
      whenEmpty: 'the trace has no REQ, EVENT or COUNT in the measured phases',
      gate: 100,
    },
  },
  counters: {
    replays_sent: {
      ...OF_REPLAY,
      description: 'REQ, EVENT and COUNT of a trace that were sent again',
      direction: 'neutral',
      row: ['sent'],
    },
    replays_answered: {
      ...OF_REPLAY,
      description: 'of those, answered by EOSE, OK true or COUNT',
      direction: 'higher',
      row: ['completed'],
    },
    replays_ended: {
      ...OF_REPLAY,
      description:
        'of those, given up by their client before the answer, as in the trace: by CLOSE, a new REQ or leaving',
      direction: 'neutral',
    },
    replays_timeout: {
      ...OF_REPLAY,
      description: 'of those, without an answer before their deadline',
      direction: 'lower',
      row: ['errors'],
    },
    replays_lost_at_close: {
      ...OF_REPLAY,
      description: 'of those, unanswered when the target closed their connection',
      direction: 'lower',
      row: ['errors'],
    },
    replays_unsent: {
      ...OF_REPLAY,
      description:
        'REQ, EVENT and COUNT of a trace that could not be written: the target did not read, or had closed',
      direction: 'lower',
    },
    replays_dropped: {
      ...OF_REPLAY,
      description:
        'REQ, EVENT and COUNT of a trace that the generator never came to: its own doing, the run is invalid',
      direction: 'lower',
    },
    replay_reqs_sent: {
      ...OF_REPLAY,
      description: 'REQ of a trace that were sent again',
      direction: 'neutral',
    },
    replay_events_sent: {
      ...OF_REPLAY,
      description: 'EVENT of a trace that were sent again, signed by throwaway keys',
      direction: 'neutral',
    },
    replay_counts_sent: {
      ...OF_REPLAY,
      description: 'COUNT of a trace that were sent again',
      direction: 'neutral',
    },
    replay_closes_sent: {
      ...OF_REPLAY,
      description: 'CLOSE of a trace that were sent again',
      direction: 'neutral',
    },
    replay_closes_unsent: {
      ...OF_REPLAY,
      description: 'CLOSE of a trace that were not: the connection was gone, or the run over',
      direction: 'neutral',
    },
    replay_passed_over: {
      ...OF_REPLAY,
      description:
        'messages of a trace that are never sent again: AUTH, NIP-77, what was invalid or too long',
      direction: 'neutral',
    },
    replay_connections: {
      ...OF_REPLAY,
      description: 'connections of a trace that were opened again: handshakes begun',
      direction: 'neutral',
    },
    replay_connections_closed: {
      ...OF_REPLAY,
      description: 'of those, closed when their client did',
      direction: 'neutral',
    },
    replay_connections_staying: {
      ...OF_REPLAY,
      description: 'of those, still there when the run ended',
      direction: 'neutral',
    },
    replay_connections_failed: {
      ...OF_REPLAY,
      description: 'of those, never open; connection_errors has the reasons',
      direction: 'lower',
    },
    replay_connections_lost: {
      ...OF_REPLAY,
      description: 'of those, closed by the target',
      direction: 'lower',
    },
    replay_events_stored: {
      ...OF_REPLAY,
      description: 'events that answered REQ of a trace, before their EOSE',
      direction: 'neutral',
    },
    replay_events_live: {
      ...OF_REPLAY,
      description: 'events that came on subscriptions of a trace after their EOSE',
      direction: 'neutral',
    },
    replay_subscriptions_ended: {
      ...OF_REPLAY,
      description: 'subscriptions of a trace that the relay ended after their EOSE (CLOSED)',
      direction: 'lower',
      row: ['errors'],
    },
  },
  maps: {
    replay_closes: {
      ...OF_REPLAY,
      description: 'REQ and COUNT of a trace that were refused (CLOSED), by prefix',
      direction: 'lower',
      label: 'prefix',
      row: ['errors'],
    },
    replay_rejected: {
      ...OF_REPLAY,
      description: 'EVENT of a trace that were refused (OK false), by prefix',
      direction: 'lower',
      label: 'prefix',
      row: ['rejected', 'errors'],
    },
  },
  accounts: [
    {
      noun: 'replays',
      stream: null,
      sent: 'replays_sent',
      unsent: 'replays_unsent',
      dropped: 'replays_dropped',
      ends: {
        answered: 'replays_answered',
        'given up by the client': 'replays_ended',
        closed: 'replay_closes',
        rejected: 'replay_rejected',
        timeout: 'replays_timeout',
        'lost at close': 'replays_lost_at_close',
      },
      refusals: 'replay_rejected',
      lost: 'replays_lost_at_close',
      answer: 'replay_latency',
      asGood: ['replays_ended'],
      ratio: 'replay_ratio',
      since: '1.1.0',
    },
  ],
  balances: [
    {
      what: 'messages of the trace',
      total: 'replays_sent',
      outcomes: { REQ: 'replay_reqs_sent', EVENT: 'replay_events_sent', COUNT: 'replay_counts_sent' },
    },
    {
      what: 'connections of the trace',
      total: 'replay_connections',
      outcomes: {
        closed: 'replay_connections_closed',
        staying: 'replay_connections_staying',
        'not opened': 'replay_connections_failed',
        'closed by the target': 'replay_connections_lost',
      },
    },
  ],
  rows: [
    {
      label: 'trace',
      shownFor: ['replay_connections'],
      text: '{replay_connections} connections, {replay_reqs_sent} REQ, {replay_events_sent} EVENT, {replay_counts_sent} COUNT, {replay_closes_sent} CLOSE',
      detail: {
        'not offered again': 'replay_passed_over',
        'CLOSE not sent': 'replay_closes_unsent',
        'not opened': 'replay_connections_failed',
        'closed by the target': 'replay_connections_lost',
      },
      about: 'sent',
    },
    {
      label: 'trace received',
      shownFor: ['replay_events_stored', 'replay_events_live'],
      text: '{replay_events_stored} stored events, {replay_events_live} live',
      detail: { 'subscriptions ended by the relay': 'replay_subscriptions_ended' },
      about: 'received',
    },
  ],
} as const satisfies MetricSet;
