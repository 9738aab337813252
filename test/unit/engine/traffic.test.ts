import { expect, it } from 'vitest';
import { noDeflateCounts } from '../../../src/base/deflate-message.ts';
import type { Recorder } from '../../../src/engine/worker/recorder.ts';
import { Traffic } from '../../../src/engine/worker/traffic.ts';

/** What a second adds to each counter; those to which it adds nothing are left out. */
function secondOf(traffic: Traffic, sent = 0): Record<string, number> {
  const counted: Record<string, number> = {};
  const recorder = {
    outside: 3,
    count: (_: number, counter: string, by: number) => {
      if (by !== 0) counted[counter] = by;
    },
  };
  traffic.report(recorder as unknown as Recorder, sent);
  return counted;
}

it('counts in every second what has come and gone in it', () => {
  const traffic = new Traffic(false);
  traffic.received.messages += 100;
  traffic.received.read += 120;
  expect(secondOf(traffic, 50)).toEqual({ bytes_received: 100, bytes_sent: 50 });
  traffic.received.messages += 7;
  expect(secondOf(traffic, 50)).toEqual({ bytes_received: 7 });
});

it('takes nothing off what has come, whatever that was inflated to', () => {
  const traffic = new Traffic(true);
  traffic.received.messages += 30;
  const inflated = { inflated: 1, inflatedBefore_bytes: 30, inflatedAfter_bytes: 1_000 };
  Object.assign(traffic.compression ?? {}, { ...noDeflateCounts(), ...inflated });
  expect(secondOf(traffic)).toEqual({
    bytes_received: 30,
    frames_inflated: 1,
    bytes_before_inflate: 30,
    bytes_after_inflate: 1_000,
  });
});
