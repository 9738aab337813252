import { describe, expect, it } from 'vitest';
import type { GateResult, RunRecord } from '../../../../src/record/schema.ts';
import { levelFinding } from '../../../../src/report/answer/levels.ts';
import { headline } from '../../../../src/report/view/headline.ts';
import { phaseCell } from '../../../../src/report/view/levels.ts';
import { phasesSection } from '../../../../src/report/view/load.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

type Verdict = GateResult['verdict'];

function gate(phase: string, verdict: Verdict, promise = 'p95 < 100ms'): GateResult {
  const expression = `ack_latency{phase=${phase}} ${promise}`;
  return {
    expression,
    metric: 'ack_latency',
    aggregation: 'p95',
    limit: 100,
    unit: 'ms',
    actual: 90,
    verdict,
  };
}

/** A run with three levels, the highest first. */
function record(gates: readonly GateResult[]): RunRecord {
  const sample = sampleRecord('pass');
  const phases = [800, 100, 400].map((perSecond, at) => ({
    name: `level-${perSecond}`,
    kind: 'measured' as const,
    start_s: at * 10,
    end_s: at * 10 + 10,
    level: perSecond / 100,
    offered: perSecond * 10,
    offeredPerSecond: perSecond,
    sent: perSecond * 10,
  }));
  return {
    ...sample,
    load: { ...sample.load, phases, offered: { ...sample.load.offered, queries: 0, queriesPerSecond: 0 } },
    gates: [...sample.gates, ...gates],
  };
}

function of(verdicts: readonly [at100: Verdict, at400: Verdict, at800: Verdict]): RunRecord {
  return record([100, 400, 800].map((level, at) => gate(`level-${level}`, verdicts[at] as Verdict)));
}

describe('up to which level the gates hold', () => {
  it.each([
    [['pass', 'pass', 'pass'], 'holds p95 < 100ms up to 800 events/s (level-800), its highest level'],
    [
      ['pass', 'pass', 'fail'],
      'holds p95 < 100ms up to 400 events/s (level-400); at 800 events/s (level-800) ack_latency p95 is 90.0 ms',
    ],
    [
      ['pass', 'undecided', 'pass'],
      'holds p95 < 100ms up to 100 events/s (level-100); at 400 events/s (level-400) ack_latency p95 is undecided',
    ],
    [
      ['fail', 'pass', 'pass'],
      'does not hold p95 < 100ms at its lowest level: at 100 events/s (level-100) ack_latency p95 is 90.0 ms',
    ],
  ] as const)('is told by the lowest level that does not: %j', (verdicts, sentence) => {
    expect(levelFinding(of(verdicts))?.text).toBe(sentence);
  });

  it('is not told where no gate is about a phase', () => {
    expect(levelFinding(record([]))).toBeNull();
  });

  it('is told of the levels that were judged, and of gates that differ without naming one', () => {
    const gates = [gate('level-100', 'pass'), gate('level-400', 'fail', 'p99 < 1s')];
    expect(levelFinding(record(gates))?.text).toBe(
      'holds its gates up to 100 events/s (level-100); at 400 events/s (level-400) ack_latency p95 is 90.0 ms',
    );
  });

  it('stands in the headline, and each phase says whether it holds', () => {
    const run = of(['pass', 'pass', 'fail']);
    expect(headline(run).sentence).toMatch(/^holds p95 < 100ms up to 400 events\/s/);
    expect(phaseCell(run, 'level-800').text).toBe('✗');
    expect(phaseCell(run, 'level-100').text).toBe('✓');
    expect(phaseCell(record([gate('level-100', 'pass')]), 'level-800').text).toBe('–');
    expect(JSON.stringify(phasesSection(run))).toMatch(/holds/);
  });
});
