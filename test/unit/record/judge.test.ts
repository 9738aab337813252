import { describe, expect, it } from 'vitest';
import { buildRecord } from '../../../src/record/build.ts';
import { judge } from '../../../src/record/judge.ts';
import { gateResult, sampleInput } from '../../support/sample-record.ts';

const valid = buildRecord(sampleInput());
const invalid = {
  ...valid,
  validity: { verdict: 'invalid' as const, reasons: ['saturated'], owners: ['generator' as const] },
};
const pass = gateResult('ack_latency p95 < 100ms', 10, true);
const fail = gateResult('ack_latency p95 < 100ms', 125, false);
const noData = gateResult('ack_latency p95 < 100ms', null, false);

describe('judge', () => {
  it.each([
    ['every gate holds', valid, [pass], null, 'pass', 0],
    ['there is no gate', valid, [], null, 'pass', 0],
    ['a gate fails', valid, [pass, fail], null, 'fail', 99],
    ['a gate has no data', valid, [pass, noData], null, 'fail', 99],
    ['the run is invalid', invalid, [pass], null, 'invalid', 103],
    ['the run is invalid and a gate fails', invalid, [fail], null, 'invalid', 103],
    ['a gate aborted the run', valid, [pass], 'abort', 'fail', 99],
    ['SIGINT ended it', valid, [pass], 'SIGINT', 'pass', 130],
    ['SIGTERM ended it', valid, [fail], 'SIGTERM', 'fail', 143],
    ['SIGINT ended an invalid run', invalid, [pass], 'SIGINT', 'invalid', 130],
  ] as const)('when %s', (...[, record, gates, stopped, verdict, exitCode]) => {
    expect(judge(record, gates, stopped)).toMatchObject({ verdict, exitCode });
  });

  it('makes a stopped run partial', () => {
    expect(judge(valid, [pass], 'SIGINT').partial).toBe(true);
    expect(judge(valid, [pass], null).partial).toBe(false);
  });

  it('fills in by how much each gate holds or fails', () => {
    expect(judge(valid, [pass, fail, noData], null).gates.map((gate) => gate.margin)).toEqual([
      90,
      -25,
      null,
    ]);
  });
});
