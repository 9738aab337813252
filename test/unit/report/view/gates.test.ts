import { describe, expect, it } from 'vitest';
import { marginOf } from '../../../../src/record/margin.ts';
import { gateSentence, marginText } from '../../../../src/report/view/gates.ts';
import { gateResult } from '../../../support/sample-record.ts';

function judgedGate(expression: string, actual: number | null, holds: boolean) {
  const gate = gateResult(expression, actual, holds);
  return { ...gate, margin: marginOf(gate) };
}

describe('marginText', () => {
  it.each([
    ['ack_latency p95 < 100ms', 12.3, true, '87.7 ms to spare'],
    ['ack_latency p95 < 100ms', 125, false, '25.0 ms over'],
    ['ack_latency p95 < 100ms', 100, false, 'exactly at the limit'],
    ['ack_ratio >= 100%', 100, true, 'exactly met'],
    ['delivery_ratio >= 99.99%', 99.28, false, '0.71 points short'],
    ['delivery_ratio >= 0.9999', 0.9928, false, '0.71 points short'],
    ['achieved_rate_ratio >= 99%', 100, true, '1 point to spare'],
    ['deliveries_missing == 0', 0, true, ''],
    ['deliveries_missing == 0', 3, false, 'off by 3'],
    ['ack_latency rate >= 100/s', 95, false, '5/s short'],
    ['ack_latency p95 < 100ms', null, false, ''],
  ])('of %s at %s', (expression, actual, holds, text) => {
    expect(marginText(judgedGate(expression, actual, holds))).toBe(text);
  });
});

describe('gateSentence', () => {
  it('says what was and by how much', () => {
    expect(gateSentence(judgedGate('ack_latency p95 < 100ms', 125, false))).toBe(
      'ack_latency p95 < 100ms was 125 ms, 25.0 ms over',
    );
  });

  it('says why there is no data', () => {
    expect(gateSentence(judgedGate('ack_latency p95 < 100ms', null, false))).toBe(
      'ack_latency p95 < 100ms had no data (only 90 samples, p95 needs 200)',
    );
  });
});
