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

  it('show what was offered and sent, and events and queries that were answered apart', () => {
    const at = ratePlot(pass).series.map(({ label, points }) => [label, points[0]?.[1]]);
    expect(at).toEqual([
      ['offered, all', 150],
      ['sent, all', 150],
      ['events acknowledged', 100],
      ['queries completed', 50],
    ]);
  });

  it('do not count connections that were opened before the load as achieved', () => {
    const opened = ratePlot(record).series.find(({ label }) => label === 'connections opened');
    expect(opened?.points[0]?.[1] ?? 0).toBe(0);
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
