import { own } from '../base/own.ts';
import type { ComponentUsage, RunRecord } from '../record/schema.ts';

export type Sample = NonNullable<ComponentUsage['samples']>[number];

/** What a component is, by its role in a record. */
export type Kind = 'relay' | 'haproxy' | 'haproxy-db' | 'redis' | 'primary' | 'replica' | 'other';

/** A component with its samples by the second of the load. */
export interface Part {
  readonly name: string;
  readonly kind: Kind;
  readonly usage: ComponentUsage;
  /** Of each second the sample that was taken in it; the first has no CPU, which is that since the sample before. */
  readonly samples: ReadonlyMap<number, Sample>;
}

/** A record as a diagnosis looks at it. */
export interface View {
  readonly record: RunRecord;
  readonly parts: readonly Part[];
  /** Seconds of the measured phases in which load was offered, by their start. */
  readonly seconds: readonly number[];
}

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/load balancer/i, 'haproxy'],
  [/database balancer/i, 'haproxy-db'],
  [/postgres primary/i, 'primary'],
  [/postgres/i, 'replica'],
  [/redis/i, 'redis'],
  [/relay/i, 'relay'],
];

/** The record by parts and seconds. */
export function viewOf(record: RunRecord): View {
  const start_s = record.load.phases.find(({ kind }) => kind === 'measured')?.start_s ?? 0;
  const measured = record.load.phases.filter(({ kind }) => kind === 'measured');
  const isMeasured = (t: number): boolean => measured.some((phase) => t >= phase.start_s && t < phase.end_s);
  return {
    record,
    parts: record.components.map((usage) => partOf(usage, start_s)),
    seconds: record.intervals.filter(({ t, offered }) => offered > 0 && isMeasured(t)).map(({ t }) => t),
  };
}

function partOf(usage: ComponentUsage, start_s: number): Part {
  const kind = KINDS.find(([pattern]) => pattern.test(usage.role))?.[1] ?? 'other';
  // A sample tells of the second that ends with it.
  const samples = (usage.samples ?? []).map(
    (sample) => [Math.round(start_s + sample.t) - 1, sample] as const,
  );
  return { name: usage.name, kind, usage, samples: new Map(samples) };
}

/** The parts of one kind. */
export function partsOf({ parts }: View, ...kinds: readonly Kind[]): readonly Part[] {
  return parts.filter(({ kind }) => kinds.includes(kind));
}

/** The seconds of the load in which a part's sample fulfils something; null samples never do. */
export function secondsWith(
  { seconds }: View,
  part: Part,
  fulfils: (sample: Sample, t: number) => boolean,
): readonly number[] {
  return seconds.filter((t) => {
    const sample = part.samples.get(t);
    return sample !== undefined && fulfils(sample, t);
  });
}

/** A figure of a sample; null where it was not read. Keys with a label count as the sum of all. */
export function figure(sample: Sample, key: string): number | null {
  return own(sample.figures ?? {}, key) ?? null;
}

/** The mean of what is known; null where nothing is. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The mean of a figure over the seconds in which it was read. */
export function meanFigure(view: View, part: Part, key: string): number | null {
  return meanOf(view.seconds.map((t) => readAt(part, t, key)));
}

/** A figure of the sample of a second; null where it was not read. */
export function readAt(part: Part, t: number, key: string): number | null {
  const sample = part.samples.get(t);
  return sample === undefined ? null : figure(sample, key);
}

/** The mean of the CPU of a part over some seconds, in cores. */
export function meanCpu(part: Part, seconds: readonly number[]): number | null {
  return meanOf(seconds.map((t) => part.samples.get(t)?.cpuShare ?? null));
}
