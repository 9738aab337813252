import type { ComponentUsage, RunRecord } from '../../../record/schema.ts';
import { visible } from '../../escape.ts';
import type { Ink, Plot, Point, Series } from '../plot.ts';
import { overTime, overTimePlot, timeSeries } from './time.ts';

/** More lines can't be told apart. */
const MOST_LINES = 6;
const MAX_NAME = 40;

type Sample = NonNullable<ComponentUsage['samples']>[number];

/** CPU of the generator and of the busiest processes, where they were sampled; null where nothing was. */
export function cpuPlot(record: RunRecord): Plot | null {
  const generator = overTime(record, (one) => one.cpu);
  const hasGenerator = generator.some(([, y]) => y !== null);
  const own = hasGenerator ? [{ ...timeSeries('generator', 'muted', generator), dashed: true }] : [];
  const { lines, note } = busiest(record, (one) => one.cpuShare);
  if (own.length + lines.length === 0) return null;
  return overTimePlot(record, {
    id: 'cpu',
    title: 'CPU',
    unit: 'cores',
    label: 'cores',
    note,
    series: [...own, ...lines],
  });
}

/** Memory of the same processes; null where none was sampled. */
export function memoryPlot(record: RunRecord): Plot | null {
  const { lines, note } = busiest(record, (one) => one.rss_bytes);
  if (lines.length === 0) return null;
  return overTimePlot(record, {
    id: 'memory',
    title: 'Memory',
    unit: 'bytes',
    label: 'resident',
    note,
    series: lines,
  });
}

/** The components with most CPU in both plots, each in the same ink. */
function busiest(
  record: RunRecord,
  value: (sample: Sample) => number | null,
): { lines: Series[]; note: string | undefined } {
  const sampled = record.components.filter((one) => (one.samples?.length ?? 0) > 1);
  const shown = sampled.toSorted((a, b) => (b.cpuShare ?? 0) - (a.cpuShare ?? 0)).slice(0, MOST_LINES);
  const lines = shown.map((one, at) =>
    timeSeries(visible(one.name, MAX_NAME), (at + 1) as Ink, pointsOf(record, one, value)),
  );
  const isAll = shown.length === sampled.length;
  const note = isAll
    ? undefined
    : `The ${shown.length} busiest of ${sampled.length} processes; the table below has all.`;
  return { lines, note };
}

/** Samples count from the start of the measured phases, plots from the start of the load. */
function pointsOf(
  record: RunRecord,
  component: ComponentUsage,
  value: (sample: Sample) => number | null,
): Point[] {
  const start_s = record.load.phases.find((phase) => phase.kind === 'measured')?.start_s ?? 0;
  return (component.samples ?? []).map((sample): Point => [Math.round(start_s + sample.t), value(sample)]);
}
