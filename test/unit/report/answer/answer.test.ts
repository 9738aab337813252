import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/record/judge.ts';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { answerLine, answerOf } from '../../../../src/report/answer/answer.ts';
import { annotationsOf } from '../../../../src/report/ci/annotations.ts';
import { FORMATS } from '../../../../src/report/formats.ts';
import { sampleFault } from '../../../support/sample-fault.ts';
import { gateResult, sampleRecord } from '../../../support/sample-record.ts';

const base = sampleRecord('pass');
const slow = gateResult('ack_latency p95 < 100ms', 125, false);
const lost = gateResult('ack_ratio >= 100%', 32, false);

/** The first lines of a text report, without line ends. */
function head(record: RunRecord, format: string, lines: number): string {
  const found = FORMATS.run.find((one) => one.name === format);
  const text = found?.render(record, { color: false, columns: 100, files: [] }) ?? '';
  return text.split('\n').slice(0, lines).join(' ').replaceAll(/\s+/g, ' ');
}

describe('the answer of a run', () => {
  it('says what was asked of whom', () => {
    expect(answerOf(base).question).toBe(
      'quick: 100 events/s and 50 queries/s on 50 connections for 20.0 s, embedded relay',
    );
  });

  it('names what was refused, and the remedy, where refusals broke gates', () => {
    const counters = { ...base.counters, events_sent: 1_000, events_rejected: { 'rate-limited': 680 } };
    const answer = answerOf(judge({ ...base, counters }, [slow, lost], null));
    expect(answer.finding).toBe('refused 680 of 1,000 events: rate-limited; 2 of 2 gates failed');
    expect(answer.next).toMatch(/^lift the relay's rate limit/);
  });

  it('says of several reasons which one was the most frequent', () => {
    const counters = { ...base.counters, events_sent: 1_000, events_rejected: { pow: 10, restricted: 90 } };
    const answer = answerOf(judge({ ...base, counters }, [lost], null));
    expect(answer.finding).toMatch(/^refused 100 of 1,000 events: mostly restricted \(90\)/);
  });

  it.each([
    [[sampleFault({ recoveredMs: 1_990 })], 'kill relay/2: recovered after 1.99 s; all 2 gates hold'],
    [[sampleFault({ recoveredMs: 0 })], 'kill relay/2: no client noticed; all 2 gates hold'],
    [[sampleFault({ recoveredMs: null })], 'kill relay/2: not recovered within the run; all 2 gates hold'],
    [
      [sampleFault({ recoveredMs: 0 }), sampleFault({ recoveredMs: 2_500 })],
      '2 faults: recovered from all, the slowest after 2.50 s; all 2 gates hold',
    ],
    [
      [sampleFault({ recoveredMs: 0 }), sampleFault({ recoveredMs: 0 })],
      '2 faults: no client noticed; all 2 gates hold',
    ],
    [
      [sampleFault({ recoveredMs: null }), sampleFault({ recoveredMs: 2_500 })],
      '2 faults: 1 not recovered from within the run; all 2 gates hold',
    ],
  ])('begins with what was broken on purpose, and how soon that was over: %#', (faults, finding) => {
    const gates = [
      gateResult('ack_latency p95 < 100ms', 25, true),
      gateResult('ack_ratio >= 100%', 100, true),
    ];
    expect(answerOf(judge({ ...base, faults }, gates, null)).finding).toBe(finding);
  });

  it('says what was broken before the gate that failed', () => {
    const faults = [sampleFault({ recoveredMs: 1_990 })];
    expect(answerOf(judge({ ...base, faults }, [slow], null)).finding).toBe(
      'kill relay/2: recovered after 1.99 s; the one gate failed: ack_latency p95 < 100ms was 125 ms, 25.0 ms over',
    );
  });

  it('blames no refusal for what is only slow', () => {
    const counters = { ...base.counters, events_sent: 1_000, events_rejected: { 'rate-limited': 680 } };
    const answer = answerOf(judge({ ...base, counters }, [slow], null));
    expect(answer.finding).toBe('the one gate failed: ack_latency p95 < 100ms was 125 ms, 25.0 ms over');
  });

  it('sends nobody to look for cases where none are kept', () => {
    const few = gateResult('events_accepted >= 100000', 800, false);
    const many = gateResult('notices == 0', 3, false);
    const nextAfter = (gate: typeof few, evidence = {}): string =>
      answerOf(judge({ ...base, evidence }, [gate], null)).next;
    expect(nextAfter(few)).toMatch(/^measure longer/);
    expect(nextAfter(many)).toBe('see Errors below');
    expect(nextAfter(many, { events_invalid: [] })).toMatch(/^see Errors and Evidence/);
  });

  it('names who else used the cores of an invalid run', () => {
    const record = sampleRecord('invalid');
    const others = {
      loadAverage: 3.1,
      cores: 1.62,
      programs: [
        { name: 'postgres', cores: 1 },
        { name: 'firefox', cores: 0.6 },
      ],
    };
    const { word, finding, next } = answerOf({
      ...record,
      environment: { ...record.environment, cpus: 2, others },
    });
    expect(word).toBe('INVALID');
    expect(finding).toMatch(/; postgres and firefox used 1\.6 of 2 cores$/);
    expect(next).toMatch(/^end the other programs, lower --rate/);
  });

  it('names nobody who took next to nothing', () => {
    const record = sampleRecord('invalid');
    const others = { loadAverage: 0.1, cores: 0.05, programs: [{ name: 'cron', cores: 0.05 }] };
    const { finding } = answerOf({ ...record, environment: { ...record.environment, others } });
    expect(finding).not.toContain('cron');
  });

  it('has no verdict on a run that was stopped, whatever its gates lack', () => {
    const record = judge(base, [gateResult('eose_latency p95 < 100ms', null, false)], 'SIGTERM');
    expect(record.verdict).toBe('fail');
    expect(answerOf(record)).toMatchObject({ word: 'STOPPED', next: expect.stringMatching(/^run it again/) });
  });

  it('keeps the failure of a relay that died, also where the run was stopped then', () => {
    const failures = [{ kind: 'target-gone' as const, text: 'the relay closed all' }];
    const record = judge({ ...base, failures }, [], 'SIGINT');
    expect(answerOf(record)).toMatchObject({ word: 'FAIL' });
  });

  it('is one line without backticks and without anything that acts on a terminal', () => {
    const record = judge(
      { ...base, failures: [{ kind: 'target-gone', text: 'gone\n\u001b[31m `x`' }] },
      [],
      null,
    );
    expect(answerLine(record)).toBe(
      'relay-bench: FAIL: gone\\n\\x1b[31m x; next: look into the log of the relay for why it went',
    );
  });
});

describe.each(['pass', 'fail', 'invalid', 'undecided', 'partial'] as const)('of the %s run', (name) => {
  const record = sampleRecord(name);
  const { word, finding, next } = answerOf(record);

  it.each([
    ['terminal', 7],
    ['md', 5],
  ])('the first lines of %s say what was found and what to do', (format, lines) => {
    const text = head(record, format, lines).replaceAll(/\\(.)|&lt;/g, (_, one) => one ?? '<');
    expect(text).toContain(word);
    expect(text).toContain(finding);
    expect(text).toContain(next);
  });

  it('the page and JUnit say the same', () => {
    for (const format of ['html', 'junit']) {
      const text = head(record, format, 1_000_000)
        .replaceAll('&lt;', '<')
        .replaceAll('&#39;', "'")
        .replaceAll('&apos;', "'")
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"');
      expect(text, format).toContain(finding);
      expect(text, format).toContain(next);
    }
  });

  it('no gate is green or red where none was judged', () => {
    if (word === 'PASS' || word === 'FAIL') return expect(record.verdict).not.toBe('invalid');
    const terminal = FORMATS.run.find((one) => one.name === 'terminal');
    const text = terminal?.render(record, { color: true, columns: 100, files: [] }) ?? '';
    const gates = text.slice(text.indexOf('Gates'), text.indexOf('Latencies'));
    for (const colour of ['31', '32']) expect(gates).not.toContain(`\u001b[${colour}m`);
    expect(gates).not.toMatch(/[✓✗]/);
    expect(head(record, 'junit', 1_000)).not.toContain('<failure');
    expect(annotationsOf(record).join('\n')).not.toContain('gate failed');
  });
});

describe('gates in a report', () => {
  it('come failed ones first, and of those what the user asked for first', () => {
    const gates = [
      gateResult('ack_ratio >= 100%', 100, true),
      gateResult('query_ratio >= 100%', 90, false),
      { ...gateResult('eose_latency p95 < 1ms', 9, true), own: true },
      { ...gateResult('ack_latency p95 < 1ms', 9, false), own: true },
    ];
    const record = judge(base, gates, null);
    const text = head(record, 'terminal', 30);
    const at = gates.map(({ expression }) => text.lastIndexOf(expression));
    const byPlace = [3, 1, 2, 0].map((index) => at[index] as number);
    expect(byPlace).toEqual([...byPlace].sort((a, b) => a - b));
    expect(answerOf(record).finding).toMatch(/^2 of 4 gates failed: ack_latency p95 < 1ms was 9.00 ms/);
  });
});
