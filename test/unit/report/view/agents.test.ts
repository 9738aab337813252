import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { agentsSection } from '../../../../src/report/view/agents.ts';
import type { AgentReport } from '../../../../src/result/schema.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

const AGENT: AgentReport = {
  ...{ shard: 0, name: 'alpha', version: '1', node: 'v20', cpus: 8, memoryBytes: 2 ** 34, workers: [0, 1] },
  ...{ clockRoundTrip_us: 400, clockDrift_us: -12, startedLate_us: 850 },
  ...{ newsBytes: 2_048, newsMessages: 9, lost: null },
};

function sectionOf(agents?: AgentReport[]) {
  const sample = sampleRecord('pass');
  const generator = { ...sample.generator, ...(agents === undefined ? {} : { agents }) };
  return agentsSection({ ...sample, generator } satisfies RunRecord);
}

function texts(section: ReturnType<typeof sectionOf>): string[] {
  if (section?.content.kind !== 'table') throw new Error('agents are no table');
  return section.content.rows.map((row) => row.map((one) => one.text).join(' | '));
}

describe('the agents of a run in a report', () => {
  it('are left out where one machine carried it out', () => {
    expect(sectionOf()).toBeNull();
  });

  it('stand with their workers, what their clocks are worth, how late they began and what they sent', () => {
    const section = sectionOf([AGENT, { ...AGENT, name: 'beta', workers: [2] }]);
    expect(texts(section)).toEqual([
      'alpha | 8 cores, 16 GiB | 0–1 | ± 200 µs | 12 µs | 850 µs | 2 KiB | stayed',
      'beta | 8 cores, 16 GiB | 2 | ± 200 µs | 12 µs | 850 µs | 2 KiB | stayed',
    ]);
    expect(section?.detail).toBe('folded');
  });

  it('say what else a machine did when it took its shard', () => {
    expect(texts(sectionOf([{ ...AGENT, loadAverage: 1.26 }]))[0]).toContain('8 cores, 16 GiB, load 1.3');
  });

  it('say why one was lost, and are not folded then', () => {
    const lost = {
      ...AGENT,
      lost: 'nothing was heard of it for 3 s',
      clockDrift_us: null,
      startedLate_us: null,
    };
    const section = sectionOf([lost]);
    expect(texts(section)[0]).toMatch(/– \| – \| 2 KiB \| nothing was heard of it for 3 s$/);
    expect(section?.detail).toBeUndefined();
  });
});
