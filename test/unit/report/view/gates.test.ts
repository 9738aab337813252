import { describe, expect, it } from 'vitest';
import { marginOf } from '../../../../src/record/margin.ts';
import { htmlFormat } from '../../../../src/report/html.ts';
import { junitFormat } from '../../../../src/report/junit.ts';
import { markdownFormat } from '../../../../src/report/markdown.ts';
import { terminalFormat } from '../../../../src/report/terminal.ts';
import { gateSentence, marginText } from '../../../../src/report/view/gate-sentence.ts';
import { gateResult, sampleRecord } from '../../../support/sample-record.ts';

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

describe('the table of gates', () => {
  const run = sampleRecord('pass');
  const close = { low: 84, high: 108 };
  const gates = [{ ...judgedGate('ack_latency p95 < 100ms', 92, true), close }, ...run.gates.slice(1)];

  it.each([terminalFormat, htmlFormat, markdownFormat, junitFormat])(
    'marks what is close, and nothing else, as $name',
    (format) => {
      const text = format.render({ ...run, gates }, { color: false, columns: 120, files: [] });
      expect(text.match(/8\.00 ms to spare; close: 84\.0 ms to 108 ms/g)).toHaveLength(1);
      expect(text.match(/; close: /g)).toHaveLength(1);
    },
  );
});

describe('gateSentence', () => {
  it('says what was and by how much', () => {
    expect(gateSentence(judgedGate('ack_latency p95 < 100ms', 125, false))).toBe(
      'ack_latency p95 < 100ms was 125 ms, 25.0 ms over',
    );
  });

  it.each([
    [92, true, { low: 84, high: 108 }, '92.0 ms, 8.00 ms to spare; close: 84.0 ms to 108 ms'],
    [103, false, { low: 97, high: 120 }, '103 ms, 3.00 ms over; close: 97.0 ms to 120 ms'],
    [92, true, { low: 84, high: null }, '92.0 ms, 8.00 ms to spare; close: 84.0 ms or more'],
    [99.98, true, { low: 99.97, high: 100.04 }, '99.98 ms, 20 µs to spare; close: 99.97 ms to 100.04 ms'],
  ])('says where a percentile of %s lies that is close to its limit', (actual, holds, close, text) => {
    const gate = { ...judgedGate('ack_latency p95 < 100ms', actual, holds), close };
    expect(gateSentence(gate)).toBe(`ack_latency p95 < 100ms was ${text}`);
  });

  it('says why there is no data', () => {
    expect(gateSentence(judgedGate('ack_latency p95 < 100ms', null, false))).toBe(
      'ack_latency p95 < 100ms had no data (only 90 samples, p95 needs 200)',
    );
  });
});
