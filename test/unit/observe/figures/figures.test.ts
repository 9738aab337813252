import { describe, expect, test } from 'vitest';
import { growth } from '../../../../src/observe/figures/figures.ts';
import { databaseBalancerFigures, haproxyFigures } from '../../../../src/observe/figures/haproxy.ts';
import { postgresFigures } from '../../../../src/observe/figures/postgres.ts';
import { redisFigures } from '../../../../src/observe/figures/redis.ts';
import { relayFigures } from '../../../../src/observe/figures/relay.ts';
import { parseHaproxyCsv } from '../../../../src/observe/haproxy.ts';

describe('growing figures', () => {
  test('grow by their difference; one that fell was started anew', () => {
    expect(growth({ a_total: 10, b_total: 50, c: 1 }, { a_total: 15, b_total: 3, c: 9 })).toEqual({
      a_total: 5,
      b_total: 3,
    });
  });

  test('one that was not there before has no difference', () => {
    expect(growth({}, { a_total: 15 })).toEqual({});
  });
});

test('Redis tells clients, commands, hits and memory in its INFO', () => {
  const info =
    '# Clients\r\nconnected_clients:12\r\nmaxclients:10000\r\n# Stats\r\nkeyspace_hits:90\r\nkeyspace_misses:10\r\nused_memory:2048\r\nused_memory_human:2.00K\r\n';
  expect(redisFigures(info)).toEqual({
    connections: 12,
    hits_total: 90,
    misses_total: 10,
    usedMemory_bytes: 2_048,
  });
});

test('a relay tells events over all outcomes and cache results by layer', () => {
  const metrics = `# HELP nostr_events_total x
nostr_events_total{outcome="accepted"} 7
nostr_events_total{outcome="duplicate"} 2
nostr_query_latency_seconds_bucket{le="0.1",operation="req"} 3
nostr_query_latency_seconds_count{operation="req"} 3
nostr_cache_hits_total{layer="L1"} 30
nostr_cache_misses_total{layer="L1"} 4
nostr_cache_misses_total{layer="L2"} 1
nostr_event_loop_delay_seconds{quantile="1"} NaN
nostr_event_loop_delay_seconds{quantile="0.99"} 0.012
nostr_event_loop_utilization 0.25
nostr_pool_waiting{pool="primary"} 2
nostr_pool_waiting{pool="127.0.0.1:1"} 3
nostr_store_reads_waiting 4
nostr_connections 5
`;
  expect(relayFigures(metrics)).toEqual({
    events_total: 9,
    queries_total: 3,
    l1Hits_total: 30,
    l1Misses_total: 4,
    l2Misses_total: 1,
    connections: 5,
    loopDelayP99_ms: 12,
    loopBusy: 0.25,
    poolWaiting: 9,
  });
});

test('the figures of an edge tell what its origin has told it, and what that took', () => {
  const text = [
    'nostr_edge_origin_events_total 12',
    'nostr_edge_origin_questions_total 7',
    'nostr_edge_origin_bytes_total{direction="received"} 3000',
    'nostr_edge_origin_bytes_total{direction="sent"} 400',
    '',
  ].join('\n');
  expect(relayFigures(text)).toEqual({
    edgeOriginEvents_total: 12,
    edgeOriginQuestions_total: 7,
    edgeReceived_bytes_total: 3_000,
    edgeSent_bytes_total: 400,
  });
});

describe('HAProxy', () => {
  const CSV = `# pxname,svname,qcur,scur,stot,bin,bout,status,check_status,
clients,FRONTEND,,40,100,1000,2000,OPEN,,
relays,relay-1,0,21,60,1,1,UP,* L7OK,
relays,relay-2,0,19,40,1,1,DOWN,L4CON,
relays,BACKEND,0,40,100,1,1,UP,,
`;

  test('tells the state of every server', () => {
    expect(parseHaproxyCsv(CSV).slice(1, 3)).toMatchObject([
      { backend: 'relays', server: 'relay-1', status: 'UP', checkStatus: 'L7OK', sessions: 21 },
      { backend: 'relays', server: 'relay-2', status: 'DOWN', checkStatus: 'L4CON', sessions: 19 },
    ]);
  });

  test('tells clients in total and how they spread over the relays', () => {
    expect(haproxyFigures(parseHaproxyCsv(CSV))).toEqual({
      connections: 40,
      connections_total: 100,
      bytesIn_total: 1_000,
      bytesOut_total: 2_000,
      pageLookups_total: 0,
      pageHits_total: 0,
      'connections{relay=relay-1}': 21,
      'connections{relay=relay-2}': 19,
    });
  });

  test('tells the pages that its cache was asked for and had', () => {
    const csv = `# pxname,svname,status,cache_lookups,cache_hits,
events,edge-1,UP,,,
events,BACKEND,UP,30,28,
relays,BACKEND,UP,0,0,
`;
    expect(haproxyFigures(parseHaproxyCsv(csv))).toMatchObject({ pageLookups_total: 30, pageHits_total: 28 });
  });

  test('before Postgres tells relays in total and how they spread over the servers', () => {
    const csv = `# pxname,svname,qcur,scur,stot,bin,bout,status,check_status,
pg_write,FRONTEND,,12,30,1000,2000,OPEN,,
pg_write,postgres-1,0,12,30,1000,2000,UP,,
pg_write,postgres-2,0,0,0,0,0,DOWN,,
pg_write,BACKEND,0,12,30,1000,2000,UP,,
pg_read_1,FRONTEND,,9,20,500,9000,OPEN,,
pg_read_1,postgres-1,0,1,2,100,200,UP,,
pg_read_1,postgres-2,0,8,18,400,8800,UP,,
pg_read_1,BACKEND,0,9,20,500,9000,UP,,
stats,FRONTEND,,1,7,70,700,OPEN,,
`;
    expect(databaseBalancerFigures(parseHaproxyCsv(csv))).toEqual({
      connections: 21,
      connections_total: 50,
      bytesFromRelays_total: 1_500,
      bytesToRelays_total: 11_000,
      'connections{postgres=postgres-1}': 13,
      'connections{postgres=postgres-2}': 8,
    });
  });
});

test('Postgres leaves out what does not belong to its role', () => {
  expect(postgresFigures({ commits_total: 4, replayLag_ms: null, replicas: 2 })).toEqual({
    commits_total: 4,
    replicas: 2,
  });
});
