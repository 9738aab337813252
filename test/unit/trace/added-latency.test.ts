import { describe, expect, test } from 'vitest';
import { AddedLatency } from '../../../src/trace/added-latency.ts';

const US = 1_000;

describe('added latency', () => {
  test('counts from the moment at which an idle loop woke', () => {
    let nowNs = 1e9;
    const added = new AddedLatency(() => nowNs);
    expect(added.arrived()).toBe(true);
    nowNs += 40 * US;
    added.passed();
    expect(added.arrived()).toBe(false);
    nowNs += 30 * US;
    added.passed();
    expect(added.summary()).toMatchObject({ count: 2, min_us: 40, max_us: 70 });
  });

  test('counts the turn before where the loop had no pause: data may have waited for its end', () => {
    let nowNs = 1e9;
    const added = new AddedLatency(() => nowNs);
    added.arrived();
    nowNs += 2_000 * US;
    added.turnEnded();
    nowNs += 20 * US;
    added.arrived();
    added.passed();
    expect(added.summary().max_us).toBe(2_020);
    added.turnEnded();
    nowNs += 500 * US;
    added.arrived();
    added.passed();
    expect(added.summary().min_us).toBe(0);
  });
});
