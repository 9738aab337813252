import { describe, expect, it } from 'vitest';
import { WakeLead } from '../../../src/engine/worker/wake-lead.ts';

/** A lead after many wakes whose lateness is spread evenly between two bounds. */
function afterWakes(fromNs: number, toNs: number): WakeLead {
  const lead = new WakeLead();
  const wakes = 20_000;
  // A stride prime to the count visits every place once, in a mixed order.
  for (let i = 0; i < wakes; i++) lead.observe(fromNs + ((toNs - fromNs) * ((i * 7_919) % wakes)) / wakes);
  return lead;
}

describe('WakeLead', () => {
  it('settles at the lateness that nine of ten wakes do not exceed', () => {
    const { ns } = afterWakes(100_000, 300_000);
    expect(ns).toBeGreaterThan(240_000);
    expect(ns).toBeLessThan(320_000);
  });

  it('grows to 0.4 ms and no further on a machine that wakes late', () => {
    expect(afterWakes(1_000_000, 9_000_000).ns).toBe(400_000);
  });

  it('shrinks to 40 µs and no further on a machine that wakes at once', () => {
    expect(afterWakes(0, 10_000).ns).toBe(40_000);
  });

  it('leaves out wakes that nobody had wished for', () => {
    const lead = new WakeLead();
    const before = lead.ns;
    for (const lateness of [Number.NaN, -1, -1e9]) lead.observe(lateness);
    expect(lead.ns).toBe(before);
  });
});
