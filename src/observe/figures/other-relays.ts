import { figuresByName, type NameMap, type NameRule, type ReadFigures } from './name-map.ts';
import { RELAY_NAMES } from './relay.ts';

/** strfry 1.1: `src/PrometheusMetrics.h`; those that begin with `strfry_` are missing in older ones. */
const STRFRY: NameMap = {
  software: 'strfry',
  signs: ['nostr_client_messages_total', 'strfry_connections_current'],
  rules: [
    { sample: 'strfry_connections_current', figure: 'connections' },
    { sample: 'nostr_client_messages_total', where: { verb: 'EVENT' }, figure: 'events_total' },
    { sample: 'nostr_client_messages_total', where: { verb: 'REQ' }, figure: 'queries_total' },
    { sample: 'nostr_relay_messages_total', where: { verb: 'EVENT' }, figure: 'eventsSent_total' },
    { sample: 'nostr_events_total', figure: 'stored_total' },
    { sample: 'strfry_write_rejected_total', figure: 'rejected_total' },
    { sample: 'strfry_write_dups_total', figure: 'duplicates_total' },
    { sample: 'strfry_write_time_microseconds_total', figure: 'writeTime_ms_total', factor: 0.001 },
    { sample: 'strfry_write_batch_size', figure: 'writeBatch' },
    { sample: 'strfry_slow_client_terminations_total', figure: 'slowReadersCut_total' },
  ],
};

/** nostr-rs-relay 0.9: `create_metrics` in `src/server.rs`. */
const NOSTR_RS_RELAY: NameMap = {
  software: 'nostr-rs-relay',
  signs: ['nostr_cmd_event_total', 'nostr_query_seconds_count'],
  rules: [
    { sample: 'nostr_connections_total', figure: 'connections_total' },
    { sample: 'nostr_disconnects_total', figure: 'disconnects_total' },
    { sample: 'nostr_cmd_event_total', figure: 'events_total' },
    { sample: 'nostr_cmd_req_total', figure: 'queries_total' },
    { sample: 'nostr_events_sent_total', figure: 'eventsSent_total' },
    { sample: 'nostr_events_sent_total', where: { source: 'realtime' }, figure: 'deliveries_total' },
    { sample: 'nostr_events_write_seconds_count', figure: 'stored_total' },
    { sample: 'nostr_events_write_seconds_sum', figure: 'writeTime_ms_total', factor: 1_000 },
    { sample: 'nostr_query_seconds_sum', figure: 'queryTime_ms_total', factor: 1_000 },
    { sample: 'nostr_query_abort_total', figure: 'queriesAborted_total' },
    { sample: 'nostr_db_connections', figure: 'dbConnections' },
  ],
};

/** rnostr: `extensions/src/metrics.rs`; its `metrics` extension has to be enabled. */
const RNOSTR: NameMap = {
  software: 'rnostr',
  signs: ['nostr_relay_session', 'nostr_relay_session_total'],
  rules: [
    { sample: 'nostr_relay_session', figure: 'connections' },
    { sample: 'nostr_relay_session_total', figure: 'connections_total' },
    { sample: 'nostr_relay_session_stop_total', figure: 'disconnects_total' },
    { sample: 'nostr_relay_message_total', where: { command: 'EVENT' }, figure: 'events_total' },
    { sample: 'nostr_relay_message_total', where: { command: 'REQ' }, figure: 'queries_total' },
    { sample: 'nostr_relay_new_event', figure: 'stored_total' },
    { sample: 'nostr_relay_db_get_sum', figure: 'queryTime_ms_total', factor: 1_000 },
    { sample: 'nostr_relay_db_write_sum', figure: 'writeTime_ms_total', factor: 1_000 },
  ],
};

/** What the client libraries of Prometheus tell of any process. */
const PROCESS: readonly NameRule[] = [
  { sample: 'process_cpu_seconds_total', figure: 'cpu_ms_total', factor: 1_000 },
  { sample: 'process_resident_memory_bytes', figure: 'memory_bytes' },
  { sample: 'process_open_fds', figure: 'descriptors' },
];

/** Whose names are known. */
export const NAME_MAPS: readonly NameMap[] = [RELAY_NAMES, STRFRY, NOSTR_RS_RELAY, RNOSTR];

/** What a relay, whichever it is, says of itself at its metrics endpoint. */
export function figuresOfAnyRelay(text: string): ReadFigures {
  return figuresByName(text, NAME_MAPS, PROCESS);
}
