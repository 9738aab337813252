import { describe, expect, it } from 'vitest';
import {
  connectionPlot,
  deliveryPlot,
  errorPlot,
  ratePlot,
} from '../../../../../src/report/html/plots/load.ts';
import { longRecord } from '../../../../support/long-record.ts';
import { sampleRecord } from '../../../../support/sample-record.ts';

describe('plots of the load', () => {
  const record = longRecord();
  const pass = sampleRecord('pass');

  it('show what was offered, sent and achieved', () => {
    const at = ratePlot(pass).series.map(({ label, points }) => [label, points[0]?.[1]]);
    expect(at).toEqual([
      ['offered', 150],
      ['sent', 150],
      ['achieved', 150],
    ]);
  });

  it('do not count connections that were opened before the load as achieved', () => {
    const [first] = record.intervals;
    const answered = (first?.acked ?? 0) + (first?.completed ?? 0);
    expect(ratePlot(record).series[2]?.points[0]?.[1]).toBe(answered);
  });

  it('keep the lowest number of connections where they are thinned out', () => {
    expect(connectionPlot(record).series[0]?.keep).toBe('lowest');
  });

  it('leave out what did not happen or could not be measured', () => {
    const quiet = { ...pass, intervals: pass.intervals.map((one) => ({ ...one, delivered: 0 })) };
    expect(errorPlot(pass)).toBeNull();
    expect(errorPlot(record)).not.toBeNull();
    expect(deliveryPlot(quiet)).toBeNull();
  });
});
