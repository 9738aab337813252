import { describe, expect, it } from 'vitest';
import { buildRecord } from '../../../src/record/build.ts';
import { judge } from '../../../src/record/judge.ts';
import { gateResult, sampleInput } from '../../support/sample-record.ts';

const valid = buildRecord(sampleInput());
const invalid = {
  ...valid,
  validity: {
    verdict: 'invalid' as const,
    reasons: ['saturated'],
    owners: ['generator' as const],
    kinds: [],
  },
};
const pass = gateResult('ack_latency p95 < 100ms', 10, true);
const fail = gateResult('ack_latency p95 < 100ms', 125, false);
const undecided = {
  ...gateResult('ack_latency p95 < 100ms', 125, true),
  actualService: 20,
  verdict: 'undecided' as const,
  reason: '125 ms from the schedule',
};
const bounded = { ...pass, actualService: 8 };
const doubt = { kind: 'generator-late' as const, text: '40 of 1800 were late' };
const doubtful = { ...valid, generator: { ...valid.generator, doubts: [doubt] } };
const failing = { ...valid, failures: [{ kind: 'target-gone' as const, text: 'it closed 20 of 20' }] };
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
    ['the target itself failed', failing, [pass], null, 'fail', 99],
    [
      'the load was not offered and the target failed',
      { ...failing, validity: invalid.validity },
      [pass],
      null,
      'invalid',
      103,
    ],
    ['a gate is undecided', valid, [pass, undecided], null, 'invalid', 103],
    ['a gate is undecided and another broken', valid, [undecided, fail], null, 'fail', 99],
    ['a gate is undecided and another has no data', valid, [undecided, noData], null, 'fail', 99],
    ['a gate is undecided and the target failed', failing, [undecided], null, 'fail', 99],
    ['the generator was late and a latency holds all the same', doubtful, [bounded], null, 'pass', 0],
    [
      'the generator was late and no latency was judged',
      doubtful,
      [gateResult('ack_ratio >= 99%', 100, true)],
      null,
      'invalid',
      103,
    ],
    ['the generator was late and there is no gate', doubtful, [], null, 'invalid', 103],
    [
      'the generator was late and a count fails',
      doubtful,
      [gateResult('notices == 0', 3, false)],
      null,
      'fail',
      99,
    ],
    ['SIGINT ended a run with an undecided gate', valid, [undecided], 'SIGINT', 'invalid', 130],
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

  it('names each undecided gate and then what the generator did, with owners', () => {
    expect(judge(doubtful, [undecided], null).validity).toEqual({
      verdict: 'invalid',
      reasons: ['ack_latency p95 < 100ms is undecided: 125 ms from the schedule', doubt.text],
      owners: ['generator', 'generator'],
      kinds: ['gate-undecided', 'generator-late'],
    });
  });

  it('adds its doubts to the reasons of a run whose load was not offered', () => {
    const { validity } = judge({ ...doubtful, validity: invalid.validity }, [bounded], null);
    expect(validity.reasons).toEqual(['saturated', doubt.text]);
    expect(validity.owners).toEqual(['generator', 'generator']);
  });

  it('makes the doubts of a run that passes or fails its first caveats', () => {
    const caveat = `${doubt.text}; that is included, so latencies are at most as high as shown`;
    expect(judge(doubtful, [bounded], null).caveats[0]).toBe(caveat);
    expect(judge(doubtful, [fail], null).caveats[0]).toBe(caveat);
    expect(judge(doubtful, [undecided], null).caveats).toEqual(doubtful.caveats);
  });
});
