import { describe, expect, it } from 'vitest';
import { Pulse } from '../../../../src/relay/edge/pulse.ts';
import { eventually } from '../../../support/eventually.ts';
import { stall } from '../../../support/stall.ts';

function somePulse(silenceMs: number) {
  const heard = { pings: 0, answers: [] as number[], silences: [] as string[] };
  const clock = { second: 1_000 };
  const pulse = new Pulse({
    times: { beatMs: 1, silenceMs },
    now: () => ({ ms: performance.now(), second: clock.second }),
    ping: () => heard.pings++,
    onAnswer: ({ second }) => heard.answers.push(second),
    onSilence: (reason) => heard.silences.push(reason),
  });
  return { pulse, heard, clock };
}

describe('the pulse of an origin', () => {
  it('tells when the ping was sent that was answered', async () => {
    const { pulse, heard, clock } = somePulse(60_000);
    pulse.start();
    clock.second = 1_001;
    pulse.ponged();
    await eventually('it asks again', () => heard.pings === 2, { everyMs: 1 });
    pulse.ponged();
    expect(heard.answers).toEqual([1_000, 1_001]);
    pulse.stop();
  });

  it('ends once where nothing comes', async () => {
    const { pulse, heard } = somePulse(5);
    pulse.start();
    await eventually('it has ended', () => heard.silences.length > 0, { everyMs: 20 });
    expect(heard.silences).toEqual(['no sign of life for 5 ms']);
    pulse.ponged();
    expect(heard.answers).toEqual([]);
  });

  it.each([
    ['the answer', (pulse: Pulse) => pulse.ponged()],
    ['something else', (pulse: Pulse) => pulse.heard()],
  ])('does not end where %s lies unread after a pause of the process', async (_what, read) => {
    const { pulse, heard } = somePulse(20);
    await stall(
      30,
      () => pulse.start(),
      () => read(pulse),
    );
    expect(heard.silences).toEqual([]);
    pulse.stop();
  });

  it('says nothing when it is stopped', async () => {
    const { pulse, heard } = somePulse(5);
    await stall(
      20,
      () => pulse.start(),
      () => pulse.stop(),
    );
    pulse.ponged();
    expect([heard.answers, heard.silences, heard.pings]).toEqual([[], [], 1]);
  });
});
