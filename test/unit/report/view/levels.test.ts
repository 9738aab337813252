import { describe, expect, it } from 'vitest';
import type { GateResult, RunRecord } from '../../../../src/record/schema.ts';
import { headline } from '../../../../src/report/view/headline.ts';
import { holdsUpTo, phaseCell } from '../../../../src/report/view/levels.ts';
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
  return { ...sample, load: { ...sample.load, phases }, gates: [...sample.gates, ...gates] };
}

function of(verdicts: readonly [at100: Verdict, at400: Verdict, at800: Verdict]): RunRecord {
  return record([100, 400, 800].map((level, at) => gate(`level-${level}`, verdicts[at] as Verdict)));
}

describe('up to which level the gates hold', () => {
  it.each([
    [['pass', 'pass', 'pass'], 'holds p95 < 100ms up to 800/s (level-800), its highest level'],
    [['pass', 'pass', 'fail'], 'holds p95 < 100ms up to 400/s (level-400), breaks at 800/s (level-800)'],
    [
      ['pass', 'undecided', 'pass'],
      'holds p95 < 100ms up to 100/s (level-100), is undecided at 400/s (level-400)',
    ],
    [['fail', 'pass', 'pass'], 'p95 < 100ms breaks at 100/s (level-100), its lowest level'],
  ] as const)('is told by the lowest level that does not: %j', (verdicts, sentence) => {
    expect(holdsUpTo(of(verdicts))).toBe(sentence);
  });

  it('is not told where no gate is about a phase', () => {
    expect(holdsUpTo(record([]))).toBeNull();
  });

  it('is told of the levels that were judged, and of gates that differ without naming one', () => {
    const gates = [gate('level-100', 'pass'), gate('level-400', 'fail', 'p99 < 1s')];
    expect(holdsUpTo(record(gates))).toBe(
      'holds its gates up to 100/s (level-100), breaks at 400/s (level-400)',
    );
  });

  it('stands in the headline, and each phase says whether it holds', () => {
    const run = of(['pass', 'pass', 'fail']);
    expect(headline(run).sentence).toMatch(/; holds p95 < 100ms up to 400\/s/);
    expect(phaseCell(run, 'level-800').text).toBe('✗');
    expect(phaseCell(run, 'level-100').text).toBe('✓');
    expect(phaseCell(record([gate('level-100', 'pass')]), 'level-800').text).toBe('–');
    expect(JSON.stringify(phasesSection(run))).toMatch(/holds/);
  });
});
