import { describe, expect, it } from 'vitest';
import { describePlan } from '../../../src/plan/describe.ts';
import { EVERYTHING, samplePlan } from '../../support/sample-plan.ts';

describe('describePlan', () => {
  it('prints every resolved number of a plan', () => {
    const plan = samplePlan({
      workloads: { ...EVERYTHING, publish: { rate: '100/s', arrivals: { pattern: 'burst', size: 50 } } },
      corpus: { events: 2_000 },
      phases: [
        { name: 'ramp', duration: '5s', level: 0, rampTo: 2.5 },
        { name: 'steady', duration: '10s', level: 2.5 },
      ],
    });
    const lines = describePlan(plan).flatMap(({ title, rows }) => [
      title,
      ...rows.map(([label, text]) => `  ${label}: ${text}`),
    ]);
    expect(lines.join('\n').replace(plan.scenario.sha256, '<sha256>')).toMatchInlineSnapshot(`
      "Scenario
        name: sample
        description: a sample
        sha256: <sha256>
        seed: 1
        load model: open
        targets: ws://127.0.0.1:1
        workers: 1, scheduler precise
        verification: 1 % of received events, verifier auto
        duration: 17.0 s
        drain: until every operation has ended, at most 10.0 s; then at most 5.00 s for deliveries
      Connections
        in all: 10, opened at 500/s
        timeout: 10.0 s
        transport: auto
        picked: at random for each arrival
        AUTH: where the relay demands it (NIP-42)
        publishing: 10 (number 0 to 9)
        querying: 10 (number 0 to 9)
        subscribing: 8 (number 2 to 9)
      Workloads
        corpus: 2,000 stored events, 100 authors, 20 topics
        publish: 100/s, bursts of 50; 3,150 measured of 3,350 events; kind 1, 280 B, 100 authors; timeout 10.0 s
        subscribe: 4 topics, an event reaches 2 subscribers
        query: 50/s, constant; 1,563 measured of 1,663 queries; timeout 10.0 s
          feed: 100 % of queries, {"kinds":[1],"limit":10}
        connect: 30/s, constant; 938 measured of 998 connections; timeout 10.0 s
      Phases
        warm-up: 2.00 s, level 1, 200 publish, 100 query, 60 connect, not measured
        ramp: 5.00 s, level 0 to 2.5, 650 publish, 313 query, 188 connect
        steady: 10.0 s, level 2.5, 2,500 publish, 1,250 query, 750 connect
      Gates
        gate: ack_latency p95 < 100ms
        gate: first_event_latency p95 < 100ms
        gate: eose_latency p95 < 100ms
        gate: delivery_latency p95 < 100ms
        gate: delivery_last_latency p95 < 100ms
        gate: connect_latency p95 < 100ms
        gate: achieved_rate_ratio >= 99%
        gate: connect_ratio >= 100%
        gate: connections_lost == 0
        gate: ack_ratio >= 100%
        gate: duplicates_unexplained == 0
        gate: query_ratio >= 100%
        gate: delivery_ratio >= 100%
        gate: subscriptions_closed == 0
        gate: query_overflows == 0
        gate: events_after_eose == 0
        gate: deliveries_unmatched == 0
        gate: events_invalid == 0
        gate: ack_latency{phase=ramp} p95 < 100ms
        gate: first_event_latency{phase=ramp} p95 < 100ms
        gate: eose_latency{phase=ramp} p95 < 100ms
        gate: delivery_latency{phase=ramp} p95 < 100ms
        gate: delivery_last_latency{phase=ramp} p95 < 100ms
        gate: ack_latency{phase=steady} p95 < 100ms
        gate: first_event_latency{phase=steady} p95 < 100ms
        gate: eose_latency{phase=steady} p95 < 100ms
        gate: delivery_latency{phase=steady} p95 < 100ms
        gate: delivery_last_latency{phase=steady} p95 < 100ms
        gate: connect_latency{phase=steady} p95 < 100ms"
    `);
  });

  it('names the model of a closed plan and plans no arrivals', () => {
    const plan = samplePlan({ load: { model: 'closed', window: 16 }, workloads: { publish: {} } });
    const rows = Object.fromEntries(describePlan(plan).flatMap((section) => section.rows));
    expect(rows).toMatchObject({
      'load model': 'closed, window 16 per publishing connection',
      publish: 'as fast as replies allow; kind 1, 280 B, 100 authors; timeout 10.0 s',
      steady: '10.0 s, level 1',
    });
  });

  it('says that compression is offered, where it is', () => {
    const rowsOf = (compression: boolean) =>
      Object.fromEntries(
        describePlan(samplePlan({}, { overrides: { compression } })).flatMap(({ rows }) => rows),
      );
    expect(rowsOf(true)).toMatchObject({ compression: 'permessage-deflate is offered' });
    expect(rowsOf(false)).not.toHaveProperty('compression');
  });

  it('shows what the command line made of the rates, and the rates that follow', () => {
    const plan = samplePlan({ workloads: EVERYTHING }, { overrides: { loadFactor: 5, rate_per_s: 1_000 } });
    const sections = describePlan(plan);
    const rows = (title: string) => sections.find((section) => section.title === title)?.rows ?? [];
    expect(rows('Scenario')).toContainEqual(['load factor', 'every stream times 5']);
    expect(rows('Scenario')).toContainEqual(['rate', expect.stringMatching(/^1,000\/s as asked$/)]);
    expect(rows('Workloads')).toContainEqual(['publish', expect.stringContaining('1,000')]);
  });
});
