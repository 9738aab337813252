import { describe, expect, test } from 'vitest';
import { standingOf, WAN_RULES, wanOf } from '../../../../src/stack/tuning/wan.ts';

describe('the way from a region to its origin', () => {
  test('takes 40 ms there and back from the first region and 120 ms from the second', () => {
    expect([1, 2].map((region) => wanOf({}, region))).toEqual([
      { rttMs: 40, jitterMs: 0, bytesPerS: null },
      { rttMs: 120, jitterMs: 0, bytesPerS: null },
    ]);
  });

  test('is what it is set to, half of it each way', () => {
    const settings = {
      'region-2.rtt': '0.2s',
      'region-1.rtt': '300ms',
      'region-1.jitter': '5ms',
      'region-1.bandwidth': '2MB/s',
    };
    expect(wanOf(settings, 1)).toEqual({ rttMs: 300, jitterMs: 5, bytesPerS: 2_000_000 });
    expect(standingOf(settings, 1)).toEqual({ latencyMs: 150, jitterMs: 5, bytesPerS: 2_000_000 });
    expect(standingOf({}, 2)).toEqual({ latencyMs: 60, jitterMs: 0 });
  });

  test.each(['1KB/s', '999999GB/s'])('may carry %s', (value) => {
    expect(WAN_RULES['region-1.bandwidth']?.(value)).toBeNull();
  });

  test.each(['', '0KB/s', '1', '1 MB/s', '1MB', '1mb/s', '1MB/s"'])('may not carry "%s"', (value) => {
    expect(WAN_RULES['region-1.bandwidth']?.(value)).not.toBeNull();
  });
});
