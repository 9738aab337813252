import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';

const RATE = 2_000_000;
const SECONDS = 10;

const reading = (changes: object = {}, publish: object = {}) => ({
  connections: { count: 2 },
  drain: '5s',
  workloads: {
    publish: { rate: '60/s', contentBytes: 60_000, connections: 1, ...publish },
    subscribe: { connections: 1 },
    'slow-reader': { connections: 1, bytesPerSecond: RATE, ...changes },
  },
});

describe('slow readers', () => {
  truthCase('one reads as fast as it is to and no faster, and spoils nobody else’s figures', {
    script: { live: { spacingMs: 10 } },
    scenario: reading(),
    duration: `${SECONDS}s`,
    always: (run) => {
      const { counters } = run.result;
      const { events_accepted: events } = counters;
      expect(events).toBe(600);
      expect(counters.deliveries_expected).toBe(events);
      expect(counters.deliveries_received).toBe(events);
      expect(counters.slow_deliveries_expected).toBe(events);
      // It catches up after the load: the relay keeps everything for it.
      expect(counters.slow_deliveries_received).toBe(events);
      expect(counters).toMatchObject({ slow_readers: 1, slow_readers_kept: 1, connections_lost: 0 });
      expect(run.relay.deliveries).toBe(2 * events);
      // All in all, whatever one read takes at a time.
      expect(counters.slow_bytes_read).toBeLessThan(RATE * SECONDS + 512 * 1024);
      expect(run.quantileMs('slow_delivery_latency', 1)).toBeGreaterThan(1_000);
      expect(run.histogram('delivery_latency').count).toBe(events);
    },
    whenValid: (run) => {
      const share = run.result.counters.slow_bytes_read / (RATE * SECONDS);
      expect(share).toBeGreaterThan(0.985);
      expect(share).toBeLessThan(1.015);
      // The healthy one is the first to whom the relay sends.
      run.expectQuantiles('delivery_latency', { 0.5: [10, 12] });
    },
  });

  truthCase('one that the relay cuts off is a finding and no loss', {
    script: { live: { cutBeyondBytes: 1_000_000 } },
    scenario: reading({ bytesPerSecond: 1_000 }),
    duration: '5s',
    always: (run) => {
      const { counters, findings, failures } = run.result;
      expect(counters).toMatchObject({
        slow_readers: 1,
        slow_readers_closed: 1,
        slow_readers_kept: 0,
        slow_reader_closes: { 1006: 1 },
        connections_lost: 0,
        deliveries_missing: 0,
      });
      expect(run.result.load.connections.dropped).toBe(0);
      expect(failures).toEqual([]);
      const { slow_deliveries_expected: expected, slow_deliveries_received: received } = counters;
      expect(counters.slow_deliveries_cut).toBe(expected - received);
      expect(counters.slow_deliveries_cut).toBeGreaterThan(0);
      expect(findings).toMatchObject([{ kind: 'slow-readers-closed', count: 1 }]);
    },
  });

  truthCase('what never comes to one is behind, not missing', {
    // Every other delivery is one to the slow reader.
    script: { live: { dropEvery: 2 } },
    scenario: { ...reading({}, { contentBytes: 100 }), drain: '1s' },
    duration: '2s',
    always: (run) => {
      const { counters, findings } = run.result;
      expect(counters.deliveries_received).toBe(counters.deliveries_expected);
      expect(counters.slow_deliveries_behind).toBe(counters.events_accepted);
      expect(findings).toMatchObject([{ kind: 'slow-readers-behind', count: counters.events_accepted }]);
    },
  });

  truthCase('outside of its phases one reads as everybody', {
    script: {},
    scenario: {
      ...reading({ during: ['slow'], bytesPerSecond: 1_000 }, { contentBytes: 5_000 }),
      phases: [
        { name: 'well', duration: '2s' },
        { name: 'slow', duration: '2s' },
      ],
    },
    duration: '4s',
    always: (run) => {
      const { slow_readers_kept, slow_deliveries_received, events_accepted } = run.result.counters;
      expect(slow_readers_kept).toBe(1);
      expect(slow_deliveries_received).toBe(events_accepted);
      expect(run.quantileMs('slow_delivery_latency{phase=slow}', 0.9)).toBeGreaterThan(500);
    },
    whenValid: (run) => {
      expect(run.quantileMs('slow_delivery_latency{phase=well}', 0.5)).toBeLessThan(100);
    },
  });
});
