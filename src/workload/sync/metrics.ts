import { type MeasuredRun, type MetricSet, NO_METRICS } from '../../metric/definition.ts';

/** What syncing measures: NEG-OPEN → reconciled (NIP-77), and whether both sides then know their differences. */
export const syncMetrics = {
  ...NO_METRICS,
  workload: {
    name: 'sync',
    measured: (_form: unknown, _run: MeasuredRun) => ({ sources: ['sync'] }),
  },
  sources: { sync: 'a sync workload, which the scenario has not' },
  latencies: {
    sync_latency: {
      source: 'sync',
      from: 'NEG-OPEN',
      to: 'reconciled (NIP-77)',
      hasServiceTwin: true,
      labels: [],
      headline: { title: 'Sync' },
      since: '1.1.0',
    },
  },
  ratios: {
    sync_ratio: {
      source: 'sync',
      description: 'syncs that converged of syncs sent and unsent',
      direction: 'higher',
      of: { part: ['syncs_completed'], whole: ['syncs_sent', 'syncs_unsent'] },
      whenEmpty: 'no sync was due in the measured phases',
      gate: 100,
      since: '1.1.0',
    },
  },
  counters: {
    syncs_sent: {
      source: 'sync',
      description: 'NEG-OPEN messages written',
      direction: 'neutral',
      row: ['sent'],
      since: '1.1.0',
    },
    syncs_completed: {
      source: 'sync',
      description: 'syncs that converged: neither side has anything to ask any more',
      direction: 'higher',
      row: ['completed'],
      since: '1.1.0',
    },
    syncs_timeout: {
      source: 'sync',
      description: 'syncs that did not converge before their deadline',
      direction: 'lower',
      row: ['errors'],
      since: '1.1.0',
    },
    syncs_lost_at_close: {
      source: 'sync',
      description: 'syncs under way when their connection closed',
      direction: 'lower',
      row: ['errors'],
      since: '1.1.0',
    },
    syncs_unsent: {
      source: 'sync',
      description: 'syncs that could not be begun: the target had closed their connection or did not read',
      direction: 'lower',
      since: '1.1.0',
    },
    syncs_dropped: {
      source: 'sync',
      description: 'syncs that the generator never came to begin: its own doing, the run is invalid',
      direction: 'lower',
      since: '1.1.0',
    },
    sync_rounds: {
      source: 'sync',
      description: 'round trips of the syncs that converged, together',
      direction: 'lower',
      since: '1.1.0',
    },
    sync_bytes: {
      source: 'sync',
      description: 'bytes of the Negentropy messages of the syncs that converged, both ways, before hex',
      direction: 'lower',
      since: '1.1.0',
    },
  },
  maps: {
    syncs_refused: {
      source: 'sync',
      description:
        'syncs ended by NEG-ERR or CLOSED, by prefix; `malformed` and `endless` were ended by this side',
      direction: 'lower',
      label: 'prefix',
      row: ['errors'],
      since: '1.1.0',
    },
    syncs_wrong: {
      source: 'sync',
      description: 'syncs that converged to other differences than there are, by what is wrong first',
      direction: 'lower',
      label: 'reason',
      gate: { sort: 'conduct' },
      trouble: { outOf: 'syncs_completed' },
      since: '1.1.0',
    },
  },
  accounts: [
    {
      noun: 'syncs',
      stream: 'sync',
      sent: 'syncs_sent',
      unsent: 'syncs_unsent',
      dropped: 'syncs_dropped',
      ends: {
        completed: 'syncs_completed',
        refused: 'syncs_refused',
        timeout: 'syncs_timeout',
        'lost at close': 'syncs_lost_at_close',
      },
      lost: 'syncs_lost_at_close',
      answer: 'sync_latency',
      asGood: [],
      ratio: 'sync_ratio',
      since: '1.1.0',
    },
  ],
  rows: [
    {
      label: 'syncs',
      shownFor: ['syncs_completed'],
      text: '{syncs_completed} converged, {sync_rounds} round trips, {sync_bytes} bytes',
      detail: { wrong: 'syncs_wrong' },
      about: 'received',
    },
  ],
} as const satisfies MetricSet;
