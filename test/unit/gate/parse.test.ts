import { describe, expect, it } from 'vitest';
import { formatGate } from '../../../src/gate/expression.ts';
import { gateProblem, parseGates, tryParseGate } from '../../../src/gate/parse.ts';

function canonical(text: string): string {
  const parsed = tryParseGate(text);
  return 'gate' in parsed ? formatGate(parsed.gate) : `PROBLEM ${parsed.problem}`;
}

describe('tryParseGate', () => {
  it('reads every part of a gate', () => {
    expect(tryParseGate('eose_latency{filter=home-feed} p999 <= 1.5s')).toEqual({
      gate: {
        metric: 'eose_latency',
        kind: 'latency',
        labels: { filter: 'home-feed' },
        aggregation: 'p999',
        operator: '<=',
        limit: 1.5,
        unit: 's',
      },
    });
  });

  it.each([
    ['ack_latency p95 < 100ms', 'ack_latency p95 < 100ms'],
    ['  ack_latency\tp95<100ms ', 'ack_latency p95 < 100ms'],
    ['ack_latency{ phase = steady }p99<250 ms', 'ack_latency{phase=steady} p99 < 250ms'],
    ['eose_latency{phase=b, filter=a} p95 < 1s', 'eose_latency{filter=a,phase=b} p95 < 1s'],
    ['ack_latency_service max <= 0100.50us', 'ack_latency_service max <= 100.5us'],
    ['ack_latency mean != 3s', 'ack_latency mean != 3s'],
    ['ack_latency count > 1000', 'ack_latency count > 1000'],
    ['ack_latency rate >= 99.5/s', 'ack_latency rate >= 99.5/s'],
    ['delivery_ratio >= 99.99%', 'delivery_ratio >= 99.99%'],
    ['delivery_ratio>=0.9999', 'delivery_ratio >= 0.9999'],
    ['events_timeout == 0', 'events_timeout == 0'],
    ['events_timeout count == 0', 'events_timeout == 0'],
    ['bytes_received rate < 1000000/s', 'bytes_received rate < 1000000/s'],
    ['events_rejected == 0', 'events_rejected == 0'],
    ['events_rejected{prefix=rate-limited} < 10', 'events_rejected{prefix=rate-limited} < 10'],
    ['close_codes{code=1006} == 0', 'close_codes{code=1006} == 0'],
    ['send_lag p99 < 0.000001s', 'send_lag p99 < 0.000001s'],
  ])('reads "%s" as "%s"', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it.each([
    ['', 'must be a metric, a comparison and a limit, for example "ack_latency p95 < 100ms"'],
    ['ack_latency', 'must be a metric, a comparison and a limit, for example "ack_latency p95 < 100ms"'],
    ['ack_latency p95', 'must be a metric, a comparison and a limit, for example "ack_latency p95 < 100ms"'],
    ['ack_latncy p95 < 1s', 'unknown metric "ack_latncy" (did you mean "ack_latency"?)'],
    ['throughput > 3', 'unknown metric "throughput"'],
    ['constructor > 3', 'unknown metric "constructor"'],
    [
      'ack_latency < 100ms',
      'ack_latency needs one of p50, p75, p90, p95, p99, p999, max, mean, count, rate, for example "ack_latency p95 < 100ms"',
    ],
    [
      'ack_latency p99.9 < 1s',
      'unknown aggregation "p99.9" of ack_latency (did you mean "p999"?): use one of p50, p75, p90, p95, p99, p999, max, mean, count, rate',
    ],
    ['ack_ratio p95 > 1%', 'ack_ratio is a ratio and takes no "p95"'],
    ['notices max == 0', 'unknown aggregation "max" of notices: use one of count, rate'],
    ['ack_latency p95 = 1s', '"=" is not a comparison: use =='],
    ['ack_latency p95 < 100', 'the limit "100" has no unit: expected us, ms, s'],
    ['ack_latency p95 < 100%', 'the limit "100%" has the wrong unit: expected us, ms, s'],
    ['ack_latency p95 < 1m', '"1m" is not a limit: write a number and its unit, such as 100ms or 99.9%'],
    ['ack_latency p95 < -1ms', '"-1ms" is not a limit: write a number and its unit, such as 100ms or 99.9%'],
    [
      'ack_latency p95 < 1ms 2',
      '"1ms 2" is not a limit: write a number and its unit, such as 100ms or 99.9%',
    ],
    ['ack_latency p95 <', '"" is not a limit: write a number and its unit, such as 100ms or 99.9%'],
    ['events_timeout == 0ms', 'the limit "0ms" has the wrong unit: expected no unit'],
    ['ack_latency rate > 5', 'the limit "5" has no unit: expected /s'],
    ['ack_ratio >= 99', 'a ratio is at most 1: write "99%"'],
    ['ack_latency{} p95 < 1s', '"{}" must be labels and their values, such as {phase=steady}'],
    ['ack_latency{phase} p95 < 1s', '"{phase}" must be labels and their values, such as {phase=steady}'],
    ['ack_latency{phase=} p95 < 1s', '"{phase=}" must be labels and their values, such as {phase=steady}'],
    ['ack_latency{filter=a} p95 < 1s', 'ack_latency has no label "filter": use phase or event or region'],
    [
      'eose_latency{fliter=a} p95 < 1s',
      'eose_latency has no label "fliter" (did you mean "filter"?): use phase or filter or region',
    ],
    ['ack_ratio{phase=a} > 1%', 'ack_ratio has no labels'],
    [
      'ack_latency{phase=a p95 < 1s',
      'must be a metric, a comparison and a limit, for example "ack_latency p95 < 100ms"',
    ],
    [`ack_latency p95 < ${'1'.repeat(200)}ms`, 'is longer than 200 characters'],
  ])('refuses "%s": %s', (text, problem) => {
    expect(gateProblem(text)).toBe(problem);
  });
});

describe('the limits of the grammar', () => {
  it('are 200 characters, spaces included', () => {
    expect(gateProblem('notices == 0'.padEnd(200))).toBeNull();
    expect(gateProblem('notices == 0'.padEnd(201))).toBe('is longer than 200 characters');
  });

  it('let a ratio be 1, and no more without a percent sign', () => {
    expect(canonical('ack_ratio >= 1')).toBe('ack_ratio >= 1');
    expect(gateProblem('ack_ratio >= 1.001')).toBe('a ratio is at most 1: write "1.001%"');
  });

  it('let a window be one second, or five digits of them', () => {
    expect(gateProblem('ack_latency max < 1s over 1s')).toBeNull();
    expect(gateProblem('ack_latency max < 1s over 99999s')).toBeNull();
    expect(gateProblem('ack_latency max < 1s over 100000s')).toMatch(/is not a window/);
  });
});

describe('gateProblem', () => {
  it('is null for a gate that the catalogue knows', () => {
    expect(gateProblem('notices == 0')).toBeNull();
  });
});

describe('parseGates', () => {
  it('reports every bad gate at once', () => {
    expect(() => parseGates(['foo == 0', 'notices == 0', 'ack_ratio >= 99'])).toThrowError(
      expect.objectContaining({
        code: 'GATE_INVALID',
        exitCode: 2,
        message:
          'gate "foo == 0": unknown metric "foo"\ngate "ack_ratio >= 99": a ratio is at most 1: write "99%"',
      }),
    );
  });
});
