import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../../src/base/suggest.ts';

const NAMES = ['ack_latency', 'eose_latency', 'notices'];

describe('didYouMean', () => {
  it('names the closest candidate', () => {
    expect(didYouMean('ack_latncy', NAMES)).toBe(' (did you mean "ack_latency"?)');
  });

  it('says nothing where none is close', () => {
    expect(didYouMean('throughput', NAMES)).toBe('');
    expect(didYouMean('x', NAMES)).toBe('');
    expect(didYouMean('anything', [])).toBe('');
  });
});
