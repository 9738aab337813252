import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/record/judge.ts';
import { headline } from '../../../../src/report/view/headline.ts';
import { gateResult, sampleRecord } from '../../../support/sample-record.ts';

const base = sampleRecord('pass');
const pass = gateResult('ack_latency p95 < 100ms', 10, true);
const fail = gateResult('ack_latency p95 < 100ms', 125, false);
const undecided = {
  ...gateResult('ack_latency p95 < 100ms', 125, true),
  verdict: 'undecided' as const,
  reason: '125 ms from the schedule',
};

const GONE = {
  kind: 'target-gone' as const,
  text: 'the relay closed 20 of 20 connections 5.1 s after the start (1006)',
};
const SOME_CLOSED = { kind: 'connections-closed' as const, text: 'the relay closed 1 of 20 connections' };

describe('headline', () => {
  it.each([
    ['PASS', 'all 2 gates hold', judge(base, [pass, pass], null)],
    ['PASS', 'the one gate holds', judge(base, [pass], null)],
    ['PASS', 'no gate was set, so nothing was judged', judge(base, [], null)],
    ['STOPPED', 'stopped by you after 20.0 s, so there is no verdict', judge(base, [pass], 'SIGINT')],
    [
      'FAIL',
      'the one gate failed: ack_latency p95 < 100ms was 125 ms, 25.0 ms over',
      judge(base, [fail], null),
    ],
    [
      'FAIL',
      '1 of 2 gates failed: ack_latency p95 < 100ms was 125 ms, 25.0 ms over',
      judge(base, [pass, fail], null),
    ],
    [
      'INVALID',
      'ack_latency p95 < 100ms is undecided: 125 ms from the schedule',
      judge(base, [pass, undecided], null),
    ],
    [
      'FAIL',
      '1 of 2 gates failed: ack_latency p95 < 100ms was 125 ms, 25.0 ms over',
      judge(base, [undecided, fail], null),
    ],
    ['FAIL', 'stopped before its end; a gate aborted the run', judge(base, [pass], 'abort')],
    [
      'FAIL',
      'the relay closed 20 of 20 connections 5.1 s after the start (1006)',
      judge({ ...base, failures: [GONE] }, [pass, fail], null),
    ],
    ['PASS', 'the one gate holds', judge({ ...base, failures: [SOME_CLOSED] }, [pass], null)],
    [
      'FAIL',
      'the relay closed 1 of 20 connections',
      judge({ ...base, failures: [SOME_CLOSED] }, [pass, fail], null),
    ],
    [
      'INVALID',
      'the numbers prove nothing about the relay: saturated',
      judge(
        {
          ...base,
          validity: { verdict: 'invalid', reasons: ['saturated'], owners: ['generator'], kinds: [] },
        },
        [fail],
        null,
      ),
    ],
  ])('%s: %s', (word, sentence, record) => {
    expect(headline(record)).toMatchObject({ word, sentence });
  });

  it('names the first of several targets', () => {
    const urls = ['ws://a/', 'ws://b/', 'ws://c/'];
    const { facts } = headline({ ...base, target: { kind: 'url', urls, nip11: null } });
    expect(facts[1]).toBe('ws://a/ and 2 more');
  });

  it('calls a relay by its name where it has one', () => {
    const relay = { name: 'mine', url: 'ws://b/', command: null, log: null, readyMs: null, dataBytes: null };
    const target = { kind: 'url' as const, urls: ['ws://b/', 'ws://c/'], nip11: null, relays: [relay] };
    const { facts, question } = headline({ ...base, target });
    expect(facts[1]).toBe('mine (ws://b/) and 1 more');
    expect(question).toMatch(/, mine and 1 more$/);
  });
});
