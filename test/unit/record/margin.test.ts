import { describe, expect, it } from 'vitest';
import { marginOf, operatorOf } from '../../../src/record/margin.ts';

describe('marginOf', () => {
  it.each([
    ['ack_latency p95 < 100ms', 100, 87.5, 12.5],
    ['ack_latency p95 <= 100ms', 100, 125, -25],
    ['delivery_ratio >= 0.99', 0.99, 0.9995, 0.0095],
    ['delivery_ratio > 0.99', 0.99, 0.5, -0.49],
    ['lost == 0', 0, 0, 0],
    ['lost == 0', 0, 3, -3],
    ['lost != 2', 2, 3, 1],
    ['lost < 2', 2, 2, 0],
    ['no operator', 2, 2, null],
    ['ack_latency p95 < 100ms', 100, null, null],
  ])('of %s, limit %s and actual %s is %s', (expression, limit, actual, margin) => {
    expect(marginOf({ expression, limit, actual })).toBe(margin);
  });
});

describe('operatorOf', () => {
  it('is not misled by the equals sign of a label', () => {
    expect(operatorOf('ack_latency{phase=steady} p99 < 250ms')).toBe('<');
  });
});
