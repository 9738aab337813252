import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/record/judge.ts';
import type { GateResult, RunRecord } from '../../../../src/record/schema.ts';
import { annotationsOf } from '../../../../src/report/ci/annotations.ts';
import { visible } from '../../../../src/report/escape.ts';
import { expectGolden } from '../../../support/golden.ts';
import { gateResult, HOSTILE_TEXT, sampleRecord } from '../../../support/sample-record.ts';

const withGates = (gates: readonly GateResult[]): RunRecord => judge(sampleRecord('pass'), gates, null);

describe('annotations for GitHub', () => {
  it('are none for a run whose gates hold', () => {
    expect(annotationsOf(sampleRecord('pass'))).toEqual([]);
  });

  it('of a failed run stay as they are', () => {
    expectGolden('fail/annotations.txt', `${annotationsOf(sampleRecord('fail')).join('\n')}\n`);
  });

  it('begin with the worst: no data, then how far beyond the limit', () => {
    const lines = annotationsOf(
      withGates([
        gateResult('ack_latency p95 < 100ms', 110, false),
        gateResult('delivery_ratio >= 99%', 90, false),
        gateResult('eose_latency p95 < 100ms', 300, false),
        gateResult('connect_latency p95 < 100ms', null, false),
        gateResult('ack_ratio >= 99%', 100, true),
      ]),
    );
    expect(lines.map((line) => /::(\S+)(?: p95)? [<>h]/.exec(line)?.[1])).toEqual([
      'connect_latency',
      'delivery_ratio',
      'eose_latency',
      'ack_latency',
    ]);
  });

  it('tell what the relay did, where that fails the run', () => {
    const failures = [{ kind: 'target-gone' as const, text: 'it closed every connection' }];
    expect(annotationsOf(judge({ ...sampleRecord('pass'), failures }, [], null))).toEqual([
      '::error title=relay-bench%3A the relay failed::it closed every connection',
    ]);
  });

  it('say of an invalid run only that it is one', () => {
    const lines = annotationsOf(sampleRecord('invalid'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^::error title=relay-bench%3A the run is invalid::its numbers prove nothing: \S/,
    );
  });

  it('tell a gate that is undecided from one that failed', () => {
    const undecided = {
      ...gateResult('ack_latency p95 < 100ms', 180, true),
      verdict: 'undecided' as const,
      reason: '180 ms from the schedule',
    };
    const failed = withGates([undecided, gateResult('ack_ratio >= 99%', 90, false)]);
    expect(annotationsOf(failed)).toEqual([
      expect.stringMatching(/^::error title=relay-bench%3A gate failed::ack_ratio/),
      '::warning title=relay-bench%3A gate undecided::ack_latency p95 < 100ms is undecided: 180 ms from the schedule',
    ]);
    expect(annotationsOf(withGates([undecided]))).toEqual([
      '::error title=relay-bench%3A the run is invalid::ack_latency p95 < 100ms is undecided: 180 ms from the schedule',
    ]);
  });

  it('are ten at most, the last one says how many more there are', () => {
    const gates = Array.from({ length: 14 }, (_, at) =>
      gateResult('ack_latency p95 < 100ms', 200 + at, false),
    );
    const lines = annotationsOf(withGates(gates));
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toContain('::5 more gates do not hold');
  });

  it('never let a text end its line, or begin a command or a property of its own', () => {
    const gate = {
      ...gateResult('ack_latency p95 < 100ms', null, false),
      reason: `100% ${HOSTILE_TEXT}\n::stop::`,
    };
    const [line = ''] = annotationsOf(withGates([gate]));
    expect(line).toBe(visible(line, 1_000));
    expect(line).toContain('100%25 ');
  });
});
