import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';

/** Frames that arrive in the drain count outside of the measured phases. */
const nearly = (count: number): number => Math.floor(count * 0.9);
const delay = { kind: 'exact', ms: 30 } as const;
const publish200 = { workloads: { publish: { rate: '200/s', timeout: '1s' } } } as const;

describe('every event has one fate', () => {
  truthCase('A12: every 100th OK is missing: 1.00 % timeouts, not removed from the total', {
    script: { events: { dropEvery: 100 } },
    scenario: { workloads: { publish: { rate: '500/s', timeout: '1s' } } },
    duration: '2s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({
        events_sent: 1_000,
        events_accepted: 990,
        events_timeout: 10,
      });
      expect(run.result.ratios['ack_ratio']).toBeCloseTo(0.99, 10);
      expect(run.histogram('ack_latency').count).toBe(990);
    },
  });

  truthCase('A13: a second OK and an OK for an unknown id are strays; latency comes from the first', {
    script: { events: { delay, twiceEvery: 1, unknownEvery: 5 } },
    scenario: publish200,
    duration: '2s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({ events_sent: 400, events_accepted: 400 });
      expect(run.result.counters.stray_frames).toBeGreaterThanOrEqual(nearly(480));
      expect(run.result.counters.stray_frames).toBeLessThanOrEqual(480);
    },
    whenValid: (run) => run.expectQuantiles('ack_latency', { 0.5: [30, 31], 0.95: [30, 33] }),
  });

  truthCase('A13: OKs out of order find their events', {
    script: { events: { reverseGroupsOf: 10 } },
    scenario: { workloads: { publish: { rate: '1000/s' } } },
    duration: '2s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({
        events_sent: 2_000,
        events_accepted: 2_000,
        stray_frames: 0,
      });
    },
    whenValid: (run) => run.expectQuantiles('ack_latency', { 0.5: [3.8, 6], 0.98: [8.8, 11] }),
  });

  truthCase('an OK for another id, a NOTICE, an AUTH or a CLOSED is never taken for the reply', {
    script: { events: { delay, noise: ['notice', 'auth', 'closed', 'ok-for-another-id'] } },
    scenario: publish200,
    duration: '2s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({ events_sent: 400, events_accepted: 400 });
      expect(run.result.counters.notices).toBeGreaterThanOrEqual(nearly(400));
      expect(run.result.counters.stray_frames).toBeGreaterThanOrEqual(nearly(800));
      expect(run.quantileMs('ack_latency', 0)).toBeGreaterThanOrEqual(30);
    },
    whenValid: (run) => run.expectQuantiles('ack_latency', { 0.5: [30, 31], 0.95: [30, 33] }),
  });

  truthCase('garbage and binary frames are counted and answer nothing', {
    script: { events: { delay, noise: ['garbage', 'binary'] } },
    scenario: publish200,
    duration: '2s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({ events_sent: 400, events_accepted: 400 });
      const { malformed_frames, stray_frames } = run.result.counters;
      expect(malformed_frames + stray_frames).toBeGreaterThanOrEqual(nearly(800));
      expect(run.quantileMs('ack_latency', 0)).toBeGreaterThanOrEqual(30);
    },
  });

  truthCase('a text frame that is not UTF-8 ends its connection: the relay broke the protocol', {
    script: { events: { delay, noise: ['invalid-utf8'] } },
    scenario: { ...publish200, connections: { count: 4 } },
    duration: '1s',
    always: (run) => {
      expect(run.result.counters.close_codes).toEqual({ 1007: 4 });
      expect(run.result.counters.events_accepted).toBe(0);
    },
  });

  for (const okForm of ['spaced', 'fragmented'] as const) {
    truthCase(`an OK whose text is ${okForm} is understood`, {
      script: { events: { okForm } },
      scenario: publish200,
      duration: '1s',
      always: (run) => {
        expect(run.result.counters).toMatchObject({
          events_sent: 200,
          events_accepted: 200,
          malformed_frames: 0,
        });
      },
    });
  }

  truthCase('rejections are counted by prefix and never among acknowledgements', {
    script: { events: { delay, reject: { every: 4, message: 'blocked: not you' } } },
    scenario: publish200,
    duration: '2s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({ events_accepted: 300, events_rejected: { blocked: 100 } });
      expect(run.histogram('ack_latency').count).toBe(300);
      expect(run.histogram('reject_latency').count).toBe(100);
    },
  });

  truthCase('a relay that closes connections loses what was in flight, and nothing else vanishes', {
    script: {
      events: { delay: { kind: 'exact', ms: 100 } },
      connections: { closeAfter: { messages: 100, code: 4_000 } },
    },
    scenario: { ...publish200, connections: { count: 4 } },
    duration: '3s',
    always: (run) => {
      expect(run.result.counters.events_lost_at_close).toBeGreaterThan(0);
      expect(run.result.counters.close_codes).toEqual({ 4000: 4 });
    },
  });
});
