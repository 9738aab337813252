import type { RatioMetric } from '../metric/catalogue.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result/run-result.ts';
import type { Counters, Load } from '../result/schema.ts';

/** Ratios of the run, with the reason for each that could not be had. */
export function computeRatios(
  plan: Plan,
  counters: Counters,
  load: Load,
): { ratios: RunResult['ratios']; notMeasured: Record<string, string> } {
  const { connections, offered, achieved } = load;
  const acked = counters.events_accepted + counters.events_duplicate + counters.events_superseded;
  const values: Partial<Record<RatioMetric, readonly [number, number]>> = {
    connect_ratio: [connections.opened, connections.requested],
    ...(plan.publish === null
      ? {}
      : { ack_ratio: [acked, counters.events_sent + counters.events_unsent] as const }),
    ...(plan.query === null
      ? {}
      : {
          query_ratio: [counters.queries_completed, counters.queries_sent + counters.queries_unsent] as const,
        }),
    ...(plan.subscribe === null
      ? {}
      : { delivery_ratio: [counters.deliveries_received, counters.deliveries_expected] as const }),
    ...(plan.load.model === 'closed'
      ? {}
      : {
          achieved_rate_ratio: [
            achieved.events + achieved.queries,
            offered.events + offered.queries,
          ] as const,
        }),
  };
  const ratios = new Map<string, number | null>();
  const notMeasured = new Map<string, string>();
  for (const [name, [part, whole]] of Object.entries(values)) {
    ratios.set(name, whole > 0 ? part / whole : null);
    if (whole === 0) notMeasured.set(name, `nothing to compare with: ${REASONS[name as RatioMetric]}`);
  }
  return { ratios: Object.fromEntries(ratios), notMeasured: Object.fromEntries(notMeasured) };
}

const REASONS: Readonly<Record<RatioMetric, string>> = {
  connect_ratio: 'no connection was requested',
  ack_ratio: 'no event was due in the measured phases',
  query_ratio: 'no query was due in the measured phases',
  delivery_ratio: 'no accepted event had a live subscriber',
  achieved_rate_ratio: 'nothing was offered in the measured phases',
};
