import { describe, expect, it } from 'vitest';
import { EXIT, strongestExitCode } from '../../../src/base/exit-codes.ts';

describe('strongestExitCode', () => {
  it('is 0 where nothing is wrong', () => {
    expect(strongestExitCode([])).toBe(0);
    expect(strongestExitCode([EXIT.ok])).toBe(0);
  });

  it.each([
    [[98, 99, 103, 3, 2], 2],
    [[98, 99, 103, 3], 3],
    [[98, 99, 103], 103],
    [[98, 99], 99],
    [[0, 98], 98],
  ] as const)('ranks 2 over 3 over 103 over 99 over 98: %j gives %d', (codes, expected) => {
    expect(strongestExitCode(codes)).toBe(expected);
    expect(strongestExitCode([...codes].reverse())).toBe(expected);
  });

  it('reports an interruption before anything that the cut-short run shows', () => {
    expect(strongestExitCode([EXIT.gateFailed, EXIT.invalidRun, EXIT.interrupted])).toBe(130);
    expect(strongestExitCode([EXIT.gateFailed, EXIT.terminated])).toBe(143);
  });

  it('knows every code of the table', () => {
    for (const code of Object.values(EXIT)) expect(strongestExitCode([code])).toBe(code);
  });
});
