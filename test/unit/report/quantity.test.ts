import { describe, expect, it } from 'vitest';
import {
  bytes,
  cores,
  count,
  duration,
  gateActual,
  gateValue,
  number,
  percent,
  rate,
  seconds,
} from '../../../src/report/quantity.ts';
import { gateResult } from '../../support/sample-record.ts';

describe('duration', () => {
  it.each([
    [null, '–'],
    [0, '0 µs'],
    [7, '7 µs'],
    [999.6, '1.00 ms'],
    [12_345, '12.3 ms'],
    [999_900, '1.00 s'],
    [4_000_000, '4.00 s'],
    [59_990_000, '1m 00s'],
    [125_000_000, '2m 05s'],
    [-25_000, '-25.0 ms'],
  ])('of %s µs is %s', (us, text) => {
    expect(duration(us)).toBe(text);
  });
});

describe('percent', () => {
  it.each([
    [null, '–'],
    [0, '0 %'],
    [0.8945, '89.45 %'],
    [1, '100 %'],
    [0.99999, '99.999 %'],
    [0.9999999, '99.99999 %'],
    [0.999999999, '99.99999 %'],
    [1.00000001, '100 %'],
    [0.98996, '98.996 %'],
    [0.9900004, '99.00004 %'],
    [0.1200000001, '12 %'],
    [0.57, '57 %'],
  ])('of %s is %s', (ratio, text) => {
    expect(percent(ratio)).toBe(text);
  });
});

describe('the other quantities', () => {
  it.each([
    [count(1_234_567), '1,234,567'],
    [number(0.05213), '0.0521'],
    [number(12.34), '12.3'],
    [number(1_234.6), '1,235'],
    [rate(100), '100/s'],
    [seconds(20), '20.0 s'],
    [seconds(null), '–'],
    [bytes(null), '–'],
    [bytes(0), '0 B'],
    [bytes(1_023), '1,023 B'],
    [bytes(104_857_600), '100 MiB'],
    [cores(0.163), '0.16 cores'],
    [cores(null), '–'],
  ])('print %s as %s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('what a gate measured', () => {
  it.each([
    ['achieved_rate_ratio >= 99%', 98.996, '98.996 %'],
    ['delivery_ratio >= 99.99%', 99.9896, '99.9896 %'],
    ['delivery_ratio >= 0.9999', 0.999896, '99.9896 %'],
    ['ack_latency p95 < 100ms', 99.96, '99.96 ms'],
    ['ack_latency p95 < 100ms', 100.003, '100.003 ms'],
    ['ack_latency p95 < 1s', 0.9997, '999.7 ms'],
    ['ack_latency p95 < 90s', 90.04, '90.04 s'],
    ['ack_latency rate >= 100/s', 99.96, '99.96/s'],
    ['ack_latency p95 < 100ms', 100, '100 ms'],
    ['ack_latency p95 < 100ms', null, '–'],
  ])('of %s at %s is written %s, on its own side of the limit', (expression, actual, text) => {
    expect(gateActual(gateResult(expression, actual, true))).toBe(text);
  });
});

describe('gateValue', () => {
  it.each([
    ['ack_latency p95 < 100ms', 12.34, '12.3 ms'],
    ['ack_latency p95 < 100000us', 12_340, '12.3 ms'],
    ['delivery_ratio >= 99.99%', 99.28, '99.28 %'],
    ['delivery_ratio >= 0.9999', 0.9928, '99.28 %'],
    ['deliveries_missing == 0', 12, '12'],
    ['ack_latency rate > 100/s', 99.5, '99.5/s'],
    ['ack_latency p95 < 100ms', null, '–'],
  ])('of %s and %s is %s', (expression, value, text) => {
    expect(gateValue(gateResult(expression, value, true), value)).toBe(text);
  });
});
