import { describe, expect, it } from 'vitest';
import { PULSE_BYTES, Pulse } from '../../../../src/relay/http/pulse.ts';

const MS = 1e6;
const shared = (): SharedArrayBuffer => new SharedArrayBuffer(PULSE_BYTES);

describe('the pulse of an event loop', () => {
  it('is read by another thread: alive as long as it beats, however late', () => {
    const memory = shared();
    const [mine, theirs] = [new Pulse(memory), new Pulse(memory)];
    mine.beat(1_000 * MS);
    expect(theirs.read(1_100 * MS)).toEqual([200, 'alive']);
    expect(theirs.read(5_999 * MS)).toEqual([200, 'alive']);
  });

  it('that has stopped for five seconds is one that hangs', () => {
    const pulse = new Pulse(shared());
    pulse.beat(1_000 * MS);
    expect(pulse.read(6_000 * MS)).toEqual([503, 'the event loop has not turned for 5000 ms']);
    pulse.beat(6_001 * MS);
    expect(pulse.read(6_002 * MS)).toEqual([200, 'alive']);
  });

  it('of a process that is about to end is no longer asked for new clients', () => {
    const pulse = new Pulse(shared());
    pulse.beat(1_000 * MS);
    pulse.stop();
    expect(pulse.read(1_001 * MS)).toEqual([404, 'shutting down']);
  });
});
