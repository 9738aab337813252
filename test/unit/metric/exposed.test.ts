import { describe, expect, it } from 'vitest';
import { latencyHelp, maskedLabels, quantileLabel, wordSamples } from '../../../src/metric/exposed.ts';

describe('what is exposed of the catalogue', () => {
  it('says from where to where a latency goes', () => {
    expect(latencyHelp('ack_latency')).toBe('EVENT → OK … true of the same id, from the schedule');
    expect(latencyHelp('ack_latency_service')).toBe('EVENT → OK … true of the same id, from the write');
    expect(latencyHelp('of_the_future')).toBe('of_the_future');
  });

  it('labels percentiles as Prometheus does', () => {
    expect((['p50', 'p75', 'p95', 'p999'] as const).map(quantileLabel)).toEqual([
      '0.5',
      '0.75',
      '0.95',
      '0.999',
    ]);
  });

  it('counts words that hold different keys as one, without the keys', () => {
    const counts = { blocked: 3, [`x${'ab'.repeat(32)}`]: 1, [`x${'cd'.repeat(32)}`]: 2 };
    expect(wordSamples('prefix', counts)).toEqual([
      { labels: { prefix: 'blocked' }, value: 3 },
      { labels: { prefix: 'x***' }, value: 3 },
    ]);
  });

  it('masks keys in labels', () => {
    expect(maskedLabels({ filter: `of ${'ef'.repeat(32)}` })).toEqual({ filter: 'of ***' });
  });
});
