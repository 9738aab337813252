import type { ComponentUsage, RunRecord } from '../../../record/schema.ts';
import { visible } from '../../escape.ts';
import type { Ink, Plot, Point, Series } from '../plot.ts';
import { overTime, overTimePlot, timeSeries } from './time.ts';

/** More lines can't be told apart. */
const MOST_LINES = 6;
const MAX_NAME = 40;

type Sample = NonNullable<ComponentUsage['samples']>[number];

/** CPU of the generator, the relay and every part of a stack, where they were sampled; null where nothing was. */
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

/** Every component that was sampled, each in the same ink in both plots; where they are many, by role. */
function busiest(
  record: RunRecord,
  value: (sample: Sample) => number | null,
): { lines: Series[]; note: string | undefined } {
  const sampled = record.components.filter((one) => (one.samples?.length ?? 0) > 1);
  const sorted = sampled.toSorted((a, b) => (b.cpuShare ?? 0) - (a.cpuShare ?? 0));
  const isAll = sorted.length <= MOST_LINES;
  const parts = isAll ? sorted.map((one): Part => ({ name: one.name, members: [one] })) : byRole(sorted);
  const lines = parts.map(({ name, members }, at) =>
    timeSeries(
      visible(name, MAX_NAME),
      (at + 1) as Ink,
      sumOf(members.map((one) => pointsOf(record, one, value))),
    ),
  );
  const note = isAll ? undefined : 'Processes of one role added up; the table below has each.';
  return { lines, note };
}

interface Part {
  readonly name: string;
  readonly members: readonly ComponentUsage[];
}

/** All processes by role, in the order of their busiest one; what there are too many roles for is one part. */
function byRole(components: readonly ComponentUsage[]): Part[] {
  const roles = new Map<string, ComponentUsage[]>();
  for (const one of components) roles.set(one.role, [...(roles.get(one.role) ?? []), one]);
  const parts = [...roles].map(([role, members]): Part => {
    return { name: members.length === 1 ? role : `${role} (${members.length})`, members };
  });
  if (parts.length <= MOST_LINES) return parts;
  const others = parts.slice(MOST_LINES - 1).flatMap(({ members }) => members);
  return [...parts.slice(0, MOST_LINES - 1), { name: `others (${others.length})`, members: others }];
}

/** Sums by second; a second in which one of them was not read has the sum of the others. */
function sumOf(lines: readonly (readonly Point[])[]): Point[] {
  const sums = new Map<number, number | null>();
  for (const [x, y] of lines.flat()) {
    const known = sums.get(x) ?? null;
    sums.set(x, y === null ? known : (known ?? 0) + y);
  }
  return [...sums].sort(([a], [b]) => a - b);
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
