import * as z from 'zod';
import { tryParseDurationMs, tryParseRatePerS } from '../base/duration.ts';

/** `250ms`, `30s`, `5m`: read as milliseconds. */
const duration = z
  .string()
  .refine(
    (text) => tryParseDurationMs(text) !== null,
    'must be a duration with a unit, such as 250ms, 30s or 5m',
  )
  .transform((text) => tryParseDurationMs(text) ?? 0)
  .meta({ description: 'a duration with a unit: 250ms, 30s, 5m, 1h' });

/** `200/s`: read as operations per second, over all workers together. */
const rate = z
  .string()
  .refine(
    (text) => (tryParseRatePerS(text) ?? 0) > 0,
    'must be a rate above zero with a unit, such as 200/s or 30/m',
  )
  .transform((text) => tryParseRatePerS(text) ?? 0)
  .meta({ description: 'an arrival rate over all workers, with a unit: 200/s, 30/m' });

const name = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'must be lower-case letters, digits and dashes');
const count = z.int().min(1).max(10_000_000);

/** How arrivals are spaced in time. */
const arrivals = z.union([
  z.enum(['constant', 'poisson']),
  z.strictObject({ pattern: z.literal('burst'), size: z.int().min(2).max(100_000) }),
]);

const publish = z.strictObject({
  rate,
  arrivals: arrivals.default('constant'),
  /** Connections that publish, counted from the first; default all. */
  connections: count.optional(),
  kind: z.int().min(0).max(65_535).default(1),
  contentBytes: z.int().min(0).max(60_000).default(280),
  /** Throwaway key pairs that sign; drawn uniformly. */
  authors: z.int().min(1).max(100_000).default(100),
  /** An event without its OK after this long counts as `timeout`. */
  timeout: duration.default(10_000),
});

const subscribe = z.strictObject({
  /** Connections that hold one live subscription each, counted from the last; default all. */
  connections: count.optional(),
  /**
   * Topics that published events rotate through and subscribers are spread over: an event reaches
   * connections / topics subscribers.
   */
  topics: z.int().min(1).max(100_000).default(1),
});

const tagFilterKey = /^#[a-zA-Z]$/;
/** A number draws that many different values from the corpus of the run; a list is sent as it stands. */
const drawn = z.union([z.int().min(1).max(1_000), z.array(z.string()).min(1)]);
const filter = z
  .strictObject({
    ids: drawn.optional(),
    authors: drawn.optional(),
    kinds: z.array(z.int().min(0).max(65_535)).min(1).optional(),
    since: z.int().optional(),
    until: z.int().optional(),
    limit: z.int().min(0).max(5_000).optional(),
  })
  .catchall(drawn)
  .superRefine((value, context) => {
    const known = ['ids', 'authors', 'kinds', 'since', 'until', 'limit'];
    for (const key of Object.keys(value)) {
      if (known.includes(key) || tagFilterKey.test(key)) continue;
      context.addIssue({ code: 'unrecognized_keys', keys: [key], input: value });
    }
  });

const query = z.strictObject({
  rate,
  arrivals: arrivals.default('constant'),
  connections: count.optional(),
  filters: z
    .array(z.strictObject({ name, weight: z.number().positive().default(1), filter }))
    .min(1)
    .max(100),
  /** A query without EOSE or CLOSED after this long counts as `timeout`. */
  timeout: duration.default(10_000),
});

const connect = z.strictObject({
  /** New connections opened per second in every phase, on top of `connections`, and held to the end. */
  rate,
  arrivals: arrivals.default('constant'),
  timeout: duration.default(10_000),
});

const phase = z.strictObject({
  name,
  duration,
  /** Multiplies every rate of the scenario. */
  level: z.number().min(0).max(10_000).default(1),
  /** Where given, the level changes linearly from `level` to this over the phase. */
  rampTo: z.number().min(0).max(10_000).optional(),
});

const load = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('open') }),
  /** `window` operations in flight per publishing connection; the rate is ignored, replies set the pace. */
  z.strictObject({ model: z.literal('closed'), window: z.int().min(1).max(4_096).default(1) }),
]);

/**
 * The one schema of a scenario file; types are inferred from it and the JSON Schema is generated from it.
 */
export const scenarioSchema = z.strictObject({
  name,
  description: z.string().min(1).max(500),
  seed: z.int().min(0).default(1),
  load: load.default({ model: 'open' }),
  connections: z.strictObject({
    count: z.int().min(1).max(1_000_000),
    /** Opening rate during the ramp. */
    rate: rate.default(500),
    timeout: duration.default(10_000),
  }),
  /** Events that are published and acknowledged before the load starts, so that queries have answers. */
  corpus: z.strictObject({ events: z.int().min(0).max(1_000_000).default(0) }).default({ events: 0 }),
  workloads: z
    .strictObject({
      publish: publish.optional(),
      subscribe: subscribe.optional(),
      query: query.optional(),
      connect: connect.optional(),
    })
    .refine((value) => Object.keys(value).length > 0, 'must name at least one workload'),
  /** Excluded from every result; runs at level 1. */
  warmup: duration.default(5_000),
  phases: z.array(phase).min(1).max(100),
  /** How long replies are waited for after the last arrival. */
  drain: duration.default(5_000),
  /** Gate expressions besides the default gates. */
  gates: z.array(z.string()).default([]),
});

/** A scenario as it runs: defaults filled in, durations in ms, rates per second. */
export type Scenario = z.output<typeof scenarioSchema>;
/** A scenario as it is written. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type PublishSpec = NonNullable<Scenario['workloads']['publish']>;
export type SubscribeSpec = NonNullable<Scenario['workloads']['subscribe']>;
export type QuerySpec = NonNullable<Scenario['workloads']['query']>;
export type ConnectSpec = NonNullable<Scenario['workloads']['connect']>;
export type FilterSpec = QuerySpec['filters'][number];
export type ArrivalsSpec = PublishSpec['arrivals'];
