import { describe, expect, it } from 'vitest';
import { renderCalibration } from '../../../../src/cli/calibrate/render-calibration.ts';
import { sampleCalibration } from '../../../support/sample-calibration.ts';

const sample = sampleCalibration();

describe('renderCalibration', () => {
  it('shows every figure with its unit, and where it was saved', () => {
    const text = renderCalibration(sample, '/state/calibration.json', false);
    expect(text).toBe(`What one worker can do on this machine
  Sample CPU @ 2.40GHz, 2 CPUs, Node.js 20, kernel 6.12.0
                                          per second of CPU  highest valid rate
  events acknowledged, 1 connection               400,000/s           300,000/s
  events acknowledged, 64 connections             160,000/s           150,000/s
  events acknowledged, 1,000 connections           64,000/s                   –
  queries completed                                40,000/s
  deliveries received                           1,000,000/s
  connections opened                                8,000/s
  events signed                                   480,000/s

On time: the highest rate with 99 % of the events written within 5 ms, one worker
                              rate  lag p50  lag p99
  events, 64 connections  90,000/s   700 µs  2.40 ms

Send lag on 64 connections
  at         p50     p99
  1,000/s  20 µs  300 µs

saved to /state/calibration.json
`);
  });

  it('says where nothing was on time', () => {
    expect(renderCalibration(sampleCalibration({ onTime: [] }), null, false)).toMatch(
      /^On time: .*\n {2}at no rate$/m,
    );
  });

  it('lets nothing act on the terminal', () => {
    const machine = { ...sample.machine, cpuModel: 'CPU\u001b[2J' };
    const text = renderCalibration({ ...sample, machine }, '/state/\u001b]0;x\u0007.json', false);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});
