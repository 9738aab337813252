import { describe, expect, test } from 'vitest';
import { checkLimits, type Demand } from '../../../src/cli/limit-check.ts';

const demand = (changes: Partial<Demand> = {}): Demand => ({
  connections: 1_000,
  workers: 1,
  addressPairs: 1,
  relay: null,
  ...changes,
});

describe('limits before a run', () => {
  test('each worker needs its share and 256 more', () => {
    expect(() => checkLimits(demand(), { openFiles: 1_256, localPorts: null })).not.toThrow();
    expect(() => checkLimits(demand(), { openFiles: 1_255, localPorts: null })).toThrow(
      expect.objectContaining({ code: 'LIMIT_TOO_LOW', exitCode: 3 }),
    );
  });

  test('the hint names the number of workers that would do', () => {
    expect(() => checkLimits(demand(), { openFiles: 1_024, localPorts: null })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('--workers 2') }),
    );
  });

  test('the embedded relay needs all connections in one process', () => {
    const embedded = demand({ workers: 4, relay: 'the embedded relay' });
    expect(() => checkLimits(embedded, { openFiles: 1_024, localPorts: null })).toThrow(/embedded relay/);
  });

  test('one pair of addresses gives no more connections than there are local ports', () => {
    const many = demand({ connections: 30_000, workers: 2 });
    expect(() => checkLimits(many, { openFiles: null, localPorts: 28_232 })).toThrow(/local ports/);
    expect(() =>
      checkLimits({ ...many, addressPairs: 2 }, { openFiles: null, localPorts: 28_232 }),
    ).not.toThrow();
  });

  test('unknown limits are not guessed', () => {
    expect(() => checkLimits(demand(), { openFiles: null, localPorts: null })).not.toThrow();
  });
});
