import { describe, expect, test } from 'vitest';
import { Restarts } from '../../../../src/stack/supervisor/restarts.ts';

function atTime() {
  const clock = { ms: 0 };
  return { clock, restarts: new Restarts(() => clock.ms) };
}

describe('starting services again', () => {
  test('the first time is at once, the next ones wait longer and longer, up to 5 s', () => {
    const { clock, restarts } = atTime();
    const waits = Array.from({ length: 8 }, () => {
      const began = clock.ms;
      while (!restarts.isDue('relay-1')) clock.ms += 100;
      restarts.note('relay-1');
      return clock.ms - began;
    });
    expect(waits).toEqual([0, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  test('three in a row are hopeless, until it has lived for half a minute', () => {
    const { clock, restarts } = atTime();
    for (let i = 0; i < 3; i++) restarts.note('postgres-2');
    expect(restarts.isHopeless('postgres-2')).toBe(true);
    clock.ms += 31_000;
    expect(restarts.isHopeless('postgres-2')).toBe(false);
  });

  test('all are counted, each service for itself', () => {
    const { restarts } = atTime();
    restarts.note('relay-1');
    restarts.note('relay-1');
    restarts.note('haproxy');
    expect(restarts.counts).toEqual({ 'relay-1': 2, haproxy: 1 });
  });
});
