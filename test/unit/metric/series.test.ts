import { describe, expect, it } from 'vitest';
import { parseSeriesKey, seriesKey } from '../../../src/metric/series.ts';

describe('seriesKey', () => {
  it('is the bare name without labels and lists labels sorted', () => {
    expect(seriesKey('ack_latency')).toBe('ack_latency');
    expect(seriesKey('eose_latency', { phase: 'steady', filter: 'a' })).toBe(
      'eose_latency{filter=a,phase=steady}',
    );
  });
});

describe('parseSeriesKey', () => {
  it.each([
    ['ack_latency', { name: 'ack_latency', labels: {} }],
    ['a{b=c}', { name: 'a', labels: { b: 'c' } }],
    ['a{ b = c , d=e }', { name: 'a', labels: { b: 'c', d: 'e' } }],
  ])('reads %s', (key, expected) => {
    expect(parseSeriesKey(key)).toEqual(expected);
  });

  it.each(['', 'A', '1a', 'a{', 'a{b}', 'a{=c}', 'a{}', 'a b', 'a{b=c}d'])('refuses "%s"', (key) => {
    expect(parseSeriesKey(key)).toBeNull();
  });
});
