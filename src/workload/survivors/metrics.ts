import { type MeasuredRun, type MetricSet, NO_METRICS } from '../../metric/definition.ts';

/** What reading back survivors tells: of the events of one address one is left, the newest, everywhere (NIP-01). */
export const survivorMetrics = {
  ...NO_METRICS,
  workload: {
    name: 'survivors',
    measured: (_form: unknown, _run: MeasuredRun) => ({ sources: ['survivors'] }),
  },
  sources: { survivors: 'a survivors workload, which the scenario has not' },
  counters: {
    survivors_checked: {
      source: 'survivors',
      description: 'addresses whose survivor was read back after the load, once for each relay process',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    survivors_unread: {
      source: 'survivors',
      description: 'addresses whose survivor could not be read back: refused, or not answered in time',
      direction: 'lower',
      span: 'run',
      gate: { sort: 'kept' },
      since: '1.1.0',
    },
  },
  maps: {
    survivors_wrong: {
      source: 'survivors',
      description:
        'addresses of which not the newest version alone was left, or another one on another relay process, by what is wrong',
      direction: 'lower',
      label: 'reason',
      span: 'run',
      gate: { sort: 'conduct' },
      trouble: { outOf: 'survivors_checked' },
      needs: { counter: 'survivors_checked', reason: 'no survivor was read back' },
      since: '1.1.0',
    },
  },
  rows: [
    {
      label: 'survivors',
      shownFor: ['survivors_checked', 'survivors_unread'],
      text: '{survivors_checked} read back',
      detail: { wrong: 'survivors_wrong', unread: 'survivors_unread' },
      about: 'received',
    },
  ],
} as const satisfies MetricSet;
