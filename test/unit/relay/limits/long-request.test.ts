import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/relay/limits/limits.ts';
import { longRequestProblem } from '../../../../src/relay/limits/long-request.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => 1_000 + (i % 60_000));
const hex = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`.padStart(64, '0'));

describe('a long request', () => {
  it.each(['REQ', 'COUNT'])('%s is refused before it is parsed where it has too many values', (type) => {
    const filters = Array.from({ length: 20 }, () => ({ kinds: numbers(5_000) }));
    expect(longRequestProblem(JSON.stringify([type, 'sub', ...filters]), DEFAULT_LIMITS)).toEqual({
      type: 'INVALID',
      problem: 'more than 10000 values in all filters',
      subscriptionId: 'sub',
    });
  });

  it.each([
    ['as many values as are allowed', ['REQ', 's', { kinds: numbers(5_000) }, { kinds: numbers(5_000) }]],
    ['as many hex values as fit into a message', ['REQ', 's', { ids: hex(3_800) }, { '#e': hex(3_800) }]],
    ['commas in its texts', ['REQ', 's', { '#r': [`\\"${','.repeat(200_000)}\\`, '"', ',,"'] }]],
    ['another type', ['EVENT', { tags: numbers(100_000) }]],
  ])('is left to who parses with %s', (_name, message) => {
    expect(longRequestProblem(JSON.stringify(message), DEFAULT_LIMITS)).toBeNull();
  });

  it('is only looked at where it is long', () => {
    const limits = { ...DEFAULT_LIMITS, maxRequestValues: -4_096 };
    expect(longRequestProblem('["REQ","s",{"kinds":[1,2]}]', limits)).toBeNull();
  });
});
