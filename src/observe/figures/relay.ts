import type { Figures } from './figures.ts';
import { figuresByName, type NameMap, type NameRule } from './name-map.ts';

/** What the relay of this package tells, see docs/relay.md; cache samples have a label for their layer. */
const RULES: readonly NameRule[] = [
  { sample: 'nostr_connections', figure: 'connections' },
  { sample: 'nostr_subscriptions', figure: 'subscriptions' },
  { sample: 'nostr_events_total', figure: 'events_total' },
  { sample: 'nostr_query_latency_seconds_count', figure: 'queries_total' },
  { sample: 'nostr_deliveries_total', figure: 'deliveries_total' },
  { sample: 'nostr_event_loop_utilization', figure: 'loopBusy' },
  { sample: 'nostr_verify_queue_depth', figure: 'verifyQueue' },
  { sample: 'nostr_store_queue_depth', figure: 'storeQueue' },
  { sample: 'nostr_pool_waiting', figure: 'poolWaiting' },
  { sample: 'nostr_store_reads_waiting', figure: 'poolWaiting' },
  { sample: 'nostr_cache_hits_total', where: { layer: 'l1' }, figure: 'l1Hits_total' },
  { sample: 'nostr_cache_hits_total', where: { layer: 'l2' }, figure: 'l2Hits_total' },
  { sample: 'nostr_cache_misses_total', where: { layer: 'l1' }, figure: 'l1Misses_total' },
  { sample: 'nostr_cache_misses_total', where: { layer: 'l2' }, figure: 'l2Misses_total' },
  { sample: 'nostr_edge_hits_total', figure: 'edgeHits_total' },
  { sample: 'nostr_edge_misses_total', figure: 'edgeMisses_total' },
  { sample: 'nostr_edge_collapsed_total', figure: 'edgeCollapsed_total' },
  { sample: 'nostr_edge_stale_total', figure: 'edgeStale_total' },
  { sample: 'nostr_edge_caught_up_total', figure: 'edgeCaughtUp_total' },
  { sample: 'nostr_edge_origin_events_total', figure: 'edgeOriginEvents_total' },
  { sample: 'nostr_edge_origin_questions_total', figure: 'edgeOriginQuestions_total' },
  {
    sample: 'nostr_edge_origin_bytes_total',
    where: { direction: 'received' },
    figure: 'edgeReceived_bytes_total',
  },
  { sample: 'nostr_edge_origin_bytes_total', where: { direction: 'sent' }, figure: 'edgeSent_bytes_total' },
  { sample: 'nostr_edge_origin_up', figure: 'edgeOriginUp' },
  { sample: 'nostr_edge_coverages', figure: 'edgeCoverages' },
  {
    sample: 'nostr_event_loop_delay_seconds',
    where: { quantile: '0.99' },
    figure: 'loopDelayP99_ms',
    factor: 1_000,
  },
];

/** What only whoever asks for it by an address gets. */
const MORE_RULES: readonly NameRule[] = [
  { sample: 'nostr_connections_total', figure: 'connections_total' },
  { sample: 'nostr_events_total', where: { outcome: 'stored' }, figure: 'stored_total' },
  { sample: 'nostr_events_total', where: { outcome: 'duplicate' }, figure: 'duplicates_total' },
  { sample: 'nostr_query_latency_seconds_sum', figure: 'queryTime_ms_total', factor: 1_000 },
  { sample: 'nostr_slow_readers_cut_total', figure: 'slowReadersCut_total' },
  { sample: 'nostr_invalid_messages_total', figure: 'invalidMessages_total' },
];

/** The names of the relay of this package. */
export const RELAY_NAMES: NameMap = {
  software: 'relay-bench',
  signs: ['nostr_events_per_second'],
  rules: [...RULES, ...MORE_RULES],
};

/** The figures in the metrics of a relay process of a stack (Prometheus text format). */
export function relayFigures(metrics: string): Figures {
  return figuresByName(metrics, [], RULES).figures;
}
