import { EXPOSED_PREFIX, type Labelled } from '../metric/exposed.ts';
import type { Labels } from '../metric/series.ts';

// What monitoring systems are told, before it has a format: the endpoint, the push gateway and OTLP only lay it out, so
// they can't disagree.

interface FamilyHead {
  /** Without prefix, unit and `_total`. */
  readonly name: string;
  /** Left out where the name says it, or there is none. */
  readonly unit?: 'seconds' | 'bytes';
  readonly help: string;
}

/** Numbers that only grow (`counter`) or are as they are now (`gauge`). */
export interface NumberFamily extends FamilyHead {
  readonly kind: 'counter' | 'gauge';
  readonly samples: readonly Labelled[];
}

/** Distributions with classic buckets. */
export interface HistogramFamily extends FamilyHead {
  readonly kind: 'histogram';
  readonly samples: readonly Distribution[];
}

/** One histogram, in the unit of its family. */
export interface Distribution {
  readonly labels: Labels;
  /** Upper ends of the buckets, ascending. */
  readonly bounds: readonly number[];
  /** How many samples do not exceed each of them. */
  readonly upTo: readonly number[];
  readonly count: number;
  readonly sum: number;
  /** Null without samples. */
  readonly min: number | null;
  readonly max: number | null;
}

export type Family = NumberFamily | HistogramFamily;

/** As Prometheus names it: with prefix and unit, and `_total` where it only grows. */
export function prometheusName({ name, unit, kind }: Family): string {
  const suffixes = [unit, kind === 'counter' ? 'total' : undefined].filter((each) => each !== undefined);
  return [EXPOSED_PREFIX + name, ...suffixes].join('_');
}

/** A gauge; values that were not measured have no sample. */
export function gauge(
  head: FamilyHead,
  samples: readonly { readonly labels?: Labels; readonly value: number | null }[],
): NumberFamily {
  const known = samples.flatMap(({ labels = {}, value }) =>
    value === null || !Number.isFinite(value) ? [] : [{ labels, value }],
  );
  return { ...head, kind: 'gauge', samples: known };
}

/** A number that only grows. */
export function counter(head: FamilyHead, samples: readonly Labelled[]): NumberFamily {
  return { ...head, kind: 'counter', samples };
}

/** A gauge that is 1 at one of several words and 0 at the others. */
export function oneOf(
  head: FamilyHead & { readonly label: string },
  words: readonly string[],
  now: string,
): NumberFamily {
  const { label, ...rest } = head;
  return gauge(
    rest,
    words.map((word) => ({ labels: { [label]: word }, value: word === now ? 1 : 0 })),
  );
}
