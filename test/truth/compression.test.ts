import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';
import type { TruthRun } from './truth-run.ts';

const CONNECTIONS = 4;
/** A close frame of a client: two bytes of header, four of the mask, two of the code. */
const CLOSE_FRAME_BYTES = 8;

const compressing = (workloads: object, connections: object = {}) => ({
  connections: { count: CONNECTIONS, rate: '1000/s', compression: true, ...connections },
  verify: '100%',
  workloads,
});

const publish = { rate: '200/s', contentBytes: 300, timeout: '2s' };

/** What the relay has sent and got is what the run has counted, to the byte. */
function expectExactBytes({ result, relay }: TruthRun): void {
  const { counters } = result;
  expect(counters.frames_inflated).toBe(relay.messages.sent);
  expect(counters.bytes_after_inflate).toBe(relay.messages.sentBytes);
  expect(counters.bytes_sent).toBe(relay.wire.receivedBytes - CONNECTIONS * CLOSE_FRAME_BYTES);
  expect(counters.bytes_after_inflate).toBeGreaterThan(counters.bytes_before_inflate);
  expect(counters.malformed_frames).toBe(0);
}

describe('compression', () => {
  truthCase('every event goes out smaller, and every byte is counted before and after', {
    script: { connections: { compression: { takesOver: false } } },
    scenario: compressing({ publish }),
    duration: '2s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters).toMatchObject({
        events_sent: 400,
        events_accepted: 400,
        connections_compressed: CONNECTIONS,
        connections_not_compressed: 0,
        frames_deflated: 400,
      });
      expectExactBytes(run);
      expect(counters.bytes_sent).toBe(counters.bytes_after_deflate);
      expect(counters.bytes_received).toBe(counters.bytes_before_inflate);
      expect(counters.bytes_after_deflate / counters.bytes_before_deflate).toBeLessThan(0.8);
    },
  });

  truthCase('events of a relay that refers to its earlier messages reach every subscriber whole', {
    script: { connections: { compression: { takesOver: true } } },
    scenario: compressing({ publish, subscribe: {} }),
    duration: '2s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters).toMatchObject({
        events_accepted: 400,
        deliveries_expected: 400 * CONNECTIONS,
        deliveries_received: 400 * CONNECTIONS,
        deliveries_unmatched: 0,
        events_invalid: 0,
      });
      expect(counters.events_verified).toBeGreaterThan(0);
      expectExactBytes(run);
    },
  });

  truthCase('binary frames that come compressed are no messages, and count as they came', {
    script: { connections: { compression: { takesOver: false } }, events: { noise: ['binary'] } },
    scenario: compressing({ publish }),
    duration: '1s',
    always: ({ result: { counters } }) => {
      expect(counters.malformed_frames).toBe(200);
      expect(counters.frames_inflated).toBe(400);
      expect(counters.bytes_received).toBe(counters.bytes_before_inflate);
    },
  });

  truthCase('a relay that does not compress is loaded all the same, and the run says so', {
    script: {},
    scenario: compressing({ publish }),
    duration: '1s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({
        events_accepted: 200,
        connections_compressed: 0,
        connections_not_compressed: CONNECTIONS,
        frames_deflated: 0,
        bytes_before_deflate: 0,
        frames_inflated: 0,
        bytes_after_inflate: 0,
      });
      expect(run.result.counters.bytes_sent).toBe(
        run.relay.wire.receivedBytes - CONNECTIONS * CLOSE_FRAME_BYTES,
      );
    },
  });
});
