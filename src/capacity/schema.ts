import * as z from 'zod';
import { gateSchema } from '../record/schema.ts';

/** Version of the format of `capacity.json`; additions raise the minor number, anything else the major one. */
export const CAPACITY_VERSION = '1.1.0';

const maybe = z.number().nullable();
const whole = z.int().min(0);

const latency = z.strictObject({ mean_us: maybe, p50_us: maybe, p95_us: maybe, p99_us: maybe });

const step = z.strictObject({
  /** From 1, in the order in which they were carried out. */
  number: whole,
  why: z.enum(['start', 'double', 'halve', 'bisect', 'repeat', 'confirm']),
  /** Arrivals per second of the stream that is counted; the others keep their share of it. */
  rate_per_s: z.number(),
  connections: whole,
  /** `invalid`: the generator could not carry it out; that says nothing of the relay. `stopped`: it was interrupted. */
  verdict: z.enum(['held', 'broken', 'invalid', 'stopped']),
  /** Why, one sentence; empty where it held. */
  reason: z.string(),
  /** Gates that broke, the one first that its run ended at or that lies farthest beyond its limit. */
  failed: z.array(gateSchema),
  /** Null where nothing could be started. */
  runId: z.string().nullable(),
  /** Its record, below the directory of this file. */
  file: z.string().nullable(),
  measured_s: maybe,
  /** Of the operations that are counted. */
  offered_per_s: maybe,
  achieved_per_s: maybe,
  /** Headline latencies of its measured phase. */
  latencies: z.record(z.string(), latency),
  /** How the target was before the next step; null where each step has a fresh one, after a step that held, and after the last. */
  coolDown: z.strictObject({ waited_s: z.number(), calm: z.boolean() }).nullable(),
});

const estimate = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });

const scaling = z.strictObject({
  /** One search for each number of relays, ascending. */
  points: z.array(
    z.strictObject({
      relays: whole,
      /** Highest rate that held every gate; null where none did. */
      rate_per_s: maybe,
      /** The limit lies between these; null where nothing was found on that side. */
      low: maybe,
      high: maybe,
      /** Its own `capacity.json`, below the directory of this file. */
      file: z.string(),
    }),
  ),
  /** Null where too few limits are known for one. */
  law: z
    .strictObject({
      /** C(N) = N / (1 + α(N−1) + βN(N−1)), times the rate of one. */
      ratePerRelay: estimate,
      /** Contention: what can't be done side by side. */
      alpha: estimate,
      /** Coherence: what each costs every other. */
      beta: estimate,
      /** Relays with which the law has its peak; null where it has none. */
      peakRelays: maybe,
    })
    .nullable(),
  /** Why there is no law; null where there is one. */
  noLaw: z.string().nullable(),
});

/** The one schema of `capacity.json` and of `capacity --format json`. */
export const capacitySchema = z.strictObject({
  capacityVersion: z.string().regex(/^\d+\.\d+\.\d+$/),
  tool: z.string(),
  scenario: z.strictObject({ name: z.string(), sha256: z.string() }),
  target: z.strictObject({
    kind: z.enum(['embedded', 'url', 'stack']),
    /** As the user named it. */
    name: z.string(),
    urls: z.array(z.string()),
    /** Relay processes of a stack that was brought up with so many. */
    relays: whole.optional(),
  }),
  startedAt: z.iso.datetime(),
  duration_s: z.number(),
  /** What was raised. */
  of: z.enum(['rate', 'connections']),
  /** What arrives: events, queries, …; with `of: connections` what `limit` counts is connections. */
  unit: z.string(),
  /** `even`: arrivals a constant time apart; `scenario`: as the scenario has them. */
  arrivals: z.enum(['even', 'scenario']),
  tolerance: z.number(),
  budget_s: z.number(),
  limit: z.strictObject({
    /** Highest rate that held every gate; with `of: connections` the rate that was offered all the time. Null: none held. */
    rate_per_s: maybe,
    /** Highest number of connections that held every gate; with `of: rate` those that were open all the time. */
    connections: maybe,
    /** What was raised holds at `low` and breaks at `high`; null where nothing was found on that side. */
    low: maybe,
    high: maybe,
    /** No level was shown to break the relay: it carries this much or more. */
    atLeast: z.boolean(),
    /** Both ends were measured twice with the same result. */
    confirmed: z.boolean(),
  }),
  ended: z.enum(['tolerance', 'budget', 'floor', 'ceiling', 'interrupted', 'target-lost']),
  /** Where throughput per latency is highest (Kleinrock's power): beyond it waiting grows faster than throughput. */
  knee: z
    .strictObject({
      rate_per_s: z.number(),
      connections: whole,
      achieved_per_s: z.number(),
      metric: z.string(),
      mean_us: z.number(),
      p95_us: maybe,
    })
    .nullable(),
  /** What broke at the lowest level that does not hold; null where none was found. */
  firstToFail: z
    .strictObject({
      rate_per_s: z.number(),
      connections: whole,
      reason: z.string(),
      gates: z.array(gateSchema),
    })
    .nullable(),
  steps: z.array(step),
  /** How the limit grows with the number of relays, which this search has the largest of; null where one alone was searched. */
  scaling: scaling.nullable(),
  caveats: z.array(z.string()),
});

export type Capacity = z.infer<typeof capacitySchema>;
export type CapacityStep = Capacity['steps'][number];
export type Scaling = NonNullable<Capacity['scaling']>;
export type ScalingLaw = NonNullable<Scaling['law']>;

/** The JSON Schema of `capacity.json`, as it lies in `reports/`: its title ends with the version of the format. */
export function capacityJsonSchema(): object {
  return { title: `relay-bench capacity.json ${CAPACITY_VERSION}`, ...z.toJSONSchema(capacitySchema) };
}
