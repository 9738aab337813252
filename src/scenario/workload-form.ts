import type * as z from 'zod';
import type { Check } from './inconsistency.ts';

/** What the core reads of a workload's part of a scenario, whatever else stands there. */
export interface CommonForm {
  /** Connections that take part; all where it is left out. */
  readonly connections?: number | undefined;
  /** Operations per second, over all workers. */
  readonly rate?: number | undefined;
  /** In ms. */
  readonly timeout?: number | undefined;
}

/** How flags change the pace of a workload. */
export interface Pace<F> {
  /** So many times as fast. */
  faster(form: F, factor: number): F;
  /** At so many operations per second. */
  at(form: F, rate_per_s: number): F;
}

/** Puts another trace, by its path, in the place of the one that a workload offers again. */
export type Traced<F> = (form: F, trace: string) => F;

/** A workload's part of a scenario. `W`: the workloads that its checks look at. */
export interface WorkloadForm<S extends z.ZodType<CommonForm>, W> {
  readonly form: S;
  /** What it and other parts of a scenario demand of each other. */
  readonly checks: readonly Check<W>[];
  /** Null where it has no pace of its own. */
  readonly pace: Pace<z.output<S>> | null;
  /** Left out where it offers no trace. */
  readonly traced?: Traced<z.output<S>>;
  /** `leads`: its replies set the pace in the closed model; `follows`: it takes part; `none`: it needs the open model. */
  readonly closed: 'leads' | 'follows' | 'none';
}

/** The pace of a workload whose `rate` says it all. */
export function ratePace<F extends { readonly rate: number }>(): Pace<F> {
  return {
    faster: (form, factor) => ({ ...form, rate: form.rate * factor }),
    at: (form, rate_per_s) => ({ ...form, rate: rate_per_s }),
  };
}

/** Typed by its schema. */
export function workloadForm<S extends z.ZodType<CommonForm>, W>(
  form: WorkloadForm<S, W>,
): WorkloadForm<S, W> {
  return form;
}
