import { describe, expect, it } from 'vitest';
import { figuresOfAnyRelay } from '../../../../src/observe/figures/other-relays.ts';

describe('what relays say of themselves', () => {
  it('strfry', () => {
    const text = `# TYPE nostr_client_messages_total counter
nostr_client_messages_total{verb="CLOSE"} 4
nostr_client_messages_total{verb="EVENT"} 1200
nostr_client_messages_total{verb="REQ"} 300
nostr_relay_messages_total{verb="EOSE"} 300
nostr_relay_messages_total{verb="EVENT"} 9600
nostr_events_total{kind="0"} 100
nostr_events_total{kind="1"} 1000
strfry_write_events_total 1100
strfry_write_rejected_total 60
strfry_write_dups_total 40
strfry_write_time_microseconds_total 250000
strfry_write_batch_size 7
strfry_connections_current 64
strfry_slow_client_terminations_total 0
`;
    expect(figuresOfAnyRelay(text)).toEqual({
      software: 'strfry',
      malformedLines: 0,
      figures: {
        events_total: 1_200,
        queries_total: 300,
        eventsSent_total: 9_600,
        stored_total: 1_100,
        rejected_total: 60,
        duplicates_total: 40,
        writeTime_ms_total: 250,
        writeBatch: 7,
        connections: 64,
        slowReadersCut_total: 0,
      },
    });
  });

  it('nostr-rs-relay', () => {
    const text = `nostr_cmd_event_total 50
nostr_cmd_req_total 20
nostr_connections_total 9
nostr_db_connections 3
nostr_disconnects_total{reason="normal"} 4
nostr_disconnects_total{reason="netexit"} 1
nostr_events_sent_total{source="db"} 100
nostr_events_sent_total{source="realtime"} 40
nostr_events_write_seconds_bucket{le="0.005"} 48
nostr_events_write_seconds_sum 0.5
nostr_events_write_seconds_count 48
nostr_query_abort_total{reason="slow"} 2
nostr_query_seconds_sum 1.5
nostr_query_seconds_count 20
`;
    expect(figuresOfAnyRelay(text)).toMatchObject({
      software: 'nostr-rs-relay',
      figures: {
        events_total: 50,
        queries_total: 20,
        connections_total: 9,
        disconnects_total: 5,
        dbConnections: 3,
        eventsSent_total: 140,
        deliveries_total: 40,
        stored_total: 48,
        writeTime_ms_total: 500,
        queryTime_ms_total: 1_500,
        queriesAborted_total: 2,
      },
    });
  });

  it('rnostr', () => {
    const text = `nostr_relay_session 5
nostr_relay_session_total 12
nostr_relay_session_stop_total{reason="heartbeat timeout"} 1
nostr_relay_message_total{command="EVENT"} 70
nostr_relay_message_total{command="REQ"} 30
nostr_relay_new_event 66
nostr_relay_db_get{quantile="0.5"} 0.001
nostr_relay_db_get_sum 0.25
nostr_relay_db_get_count 30
nostr_relay_db_write_sum 0.5
`;
    expect(figuresOfAnyRelay(text)).toMatchObject({
      software: 'rnostr',
      figures: {
        connections: 5,
        connections_total: 12,
        disconnects_total: 1,
        events_total: 70,
        queries_total: 30,
        stored_total: 66,
        queryTime_ms_total: 250,
        writeTime_ms_total: 500,
      },
    });
  });

  it('the relay of this package, whose events share a name with those of strfry', () => {
    const text = `process_cpu_seconds_total 1.5
process_resident_memory_bytes 104857600
nostr_events_per_second 200
nostr_events_total{outcome="stored"} 90
nostr_events_total{outcome="duplicate"} 10
nostr_connections 64
nostr_connections_total 65
nostr_deliveries_total 360
nostr_query_latency_seconds_sum{operation="req"} 0.125
nostr_query_latency_seconds_count{operation="req"} 25
nostr_cache_hits_total{layer="l1"} 3
`;
    expect(figuresOfAnyRelay(text)).toMatchObject({
      software: 'relay-bench',
      figures: {
        cpu_ms_total: 1_500,
        memory_bytes: 104_857_600,
        events_total: 100,
        stored_total: 90,
        duplicates_total: 10,
        connections: 64,
        connections_total: 65,
        deliveries_total: 360,
        queries_total: 25,
        queryTime_ms_total: 125,
        l1Hits_total: 3,
      },
    });
  });

  it('of any other program only what every process tells', () => {
    expect(figuresOfAnyRelay('process_open_fds 7\nmy_events_total 3\n')).toEqual({
      software: null,
      figures: { descriptors: 7 },
      malformedLines: 0,
    });
  });

  it('no number that no relay could mean', () => {
    const text = 'nostr_relay_session 1e300\nnostr_relay_new_event NaN\nnostr_relay_session_total 3\n';
    expect(figuresOfAnyRelay(text).figures).toEqual({ connections_total: 3 });
  });
});
