import { describe, expect, it } from 'vitest';
import { mergedReport, reportOf } from '../../../bench/faults-report.mjs';

const MACHINE = { cpuModel: 'a CPU', cpus: 2, kernel: '6.1', node: 'v20' };
const start = (day: string) => ({ at: `${day}T10:00:00Z`, machine: MACHINE, busy_cores: 0.1 });
const row = (name: string, worst: number) => ({
  ...{ name, verdict: 'held', why: null },
  figures: [{ figure: 'silence, ms', limit: 500, median: worst, worst, unknown: 0 }],
});
const ORDER = ['relay SIGKILL', 'HAProxy SIGKILL', 'no fault'];

describe('the table of faults', () => {
  it('has a row a fault, with the day on which it was measured', () => {
    const lines = reportOf(start('2026-11-29'), [row('relay SIGKILL', 50)], 5).split('\n');
    expect(lines[0]).toContain('a CPU, 2 CPUs');
    expect(lines.at(-1)).toBe('| relay SIGKILL | silence, ms 50 (500) | – | held | 2026-11-29 |');
  });

  it('keeps the rows of faults that were not measured again, in the order of the cases', () => {
    const older = reportOf(start('2026-11-29'), [row('no fault', 1), row('relay SIGKILL', 50)], 5);
    const newer = reportOf(start('2026-12-01'), [row('HAProxy SIGKILL', 300), row('no fault', 2)], 5);
    const merged = mergedReport(`<!-- begin -->\n${older}\n`, ORDER, newer).split('\n');
    expect(merged.slice(-3)).toEqual([
      '| relay SIGKILL | silence, ms 50 (500) | – | held | 2026-11-29 |',
      '| HAProxy SIGKILL | silence, ms 300 (500) | – | held | 2026-12-01 |',
      '| no fault | silence, ms 2 (500) | – | held | 2026-12-01 |',
    ]);
    expect(merged.filter((line) => line.startsWith('| fault'))).toHaveLength(1);
  });
});
