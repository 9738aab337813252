import * as z from 'zod';
import { LONGEST_MS, LONGEST_TEXT, tryParseDurationMs, tryParseRatePerS } from '../base/duration.ts';
import { corpus } from './corpus-shape.ts';

const DURATION_ERROR = 'must be a duration with a unit, such as 250ms, 30s or 5m';
const DURATION_META = {
  description: `A duration with a unit: 250ms, 30s, 5m, 1h; at most ${LONGEST_TEXT}.`,
  examples: ['250ms', '30s'],
};
/** Read as milliseconds. */
const duration = z
  .string(DURATION_ERROR)
  .refine((text) => tryParseDurationMs(text) !== null, DURATION_ERROR)
  .transform((text) => tryParseDurationMs(text) ?? 0)
  .refine((ms) => ms <= LONGEST_MS, `must be at most ${LONGEST_TEXT}`)
  .meta(DURATION_META);
const positiveDuration = duration.refine((ms) => ms > 0, 'must be above zero').meta(DURATION_META);

const RATE_ERROR = 'must be a rate above zero with a unit, such as 200/s or 30/m';
/** Read as operations per second, over all workers together. */
const rate = z
  .string(RATE_ERROR)
  .refine((text) => (tryParseRatePerS(text) ?? 0) > 0, RATE_ERROR)
  .transform((text) => tryParseRatePerS(text) ?? 0)
  .meta({
    description: 'A rate over all workers together, with a unit: 200/s, 30/m.',
    examples: ['200/s', '30/m'],
  });

const NAME_ERROR = 'must be at most 41 lower-case letters, digits and dashes, beginning with a letter';
const name = z.string(NAME_ERROR).regex(/^[a-z][a-z0-9-]{0,40}$/, NAME_ERROR);
const count = z.int().min(1).max(10_000_000);

const SHARE_ERROR = 'must be a percentage such as 1%, or all';
/** Read as a share of 1. */
const share = (standard: `${number}%`, description: string) =>
  z
    .string(SHARE_ERROR)
    .regex(/^(all|\d{1,3}(\.\d+)?%)$/, SHARE_ERROR)
    .transform((text) => (text === 'all' ? 1 : Math.min(1, Number.parseFloat(text) / 100)))
    .meta({ description: 'A share: 1%, 0.5% or all.', examples: ['1%', 'all'] })
    .default(Number.parseFloat(standard) / 100)
    .describe(description);
const verify = share(
  '1%',
  'Share of received events whose id and signature are verified, on a thread of its own.',
);

const scheduler = z
  .enum(['precise', 'cheap', 'spin'])
  .default('precise')
  .describe(
    'How the generator waits for an arrival: precise sleeps on a thread until just before it, cheap uses the 1 ms timers of the event loop, spin never sleeps and burns a core.',
  );

const arrivals = z
  .union(
    [
      z.enum(['constant', 'poisson']),
      z.strictObject({ pattern: z.literal('burst'), size: z.int().min(2).max(100_000) }),
    ],
    'must be constant, poisson or { pattern: burst, size: N } with N from 2 to 100,000',
  )
  .default('constant')
  .describe('How arrivals are spaced: evenly, as a Poisson process, or in groups of `size` at once.');

const timeout = (reply: string) =>
  positiveDuration.default(10_000).describe(`Without ${reply} after this long it counts as a timeout.`);

const publish = z.strictObject({
  rate: rate
    .optional()
    .describe(
      'Events per second. Required in the open model unless the pace is recorded; in the closed one replies set the pace.',
    ),
  arrivals,
  pace: z
    .enum(['rate', 'recorded'])
    .default('rate')
    .describe(
      'When the events of a named corpus are published: at `rate`, or as far apart as their created_at are.',
    ),
  paceFactor: z
    .number()
    .positive()
    .max(1e9)
    .default(1)
    .describe('How many times faster than recorded; 3600 puts an hour into a second.'),
  copies: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe(
      'How often each event of a named corpus is published: all but the first are duplicates, as broadcasting clients make them.',
    ),
  connections: count.optional().describe('Connections that publish, counted from the first; default all.'),
  kind: z.int().min(0).max(65_535).default(1).describe('Kind of the events.'),
  contentBytes: z.int().min(0).max(60_000).default(280).describe('Length of the content of each event.'),
  authors: z
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('Throwaway key pairs that sign, drawn uniformly.'),
  timeout: timeout('OK'),
});

const subscribe = z.strictObject({
  connections: count
    .optional()
    .describe('Connections that hold one live subscription each, counted from the last; default all.'),
  topics: z
    .int()
    .min(1)
    .max(100_000)
    .default(1)
    .describe(
      'Published events rotate through this many topics and subscribers are spread over them: an event reaches connections / topics subscribers.',
    ),
});

export const TAG_KEY = /^#[a-zA-Z]$/;
const drawn = z
  .union(
    [z.int().min(1).max(1_000), z.array(z.string()).min(1).max(1_000)],
    'must be how many values to draw (1 to 1,000) or a list of strings',
  )
  .describe(
    'A number draws that many different values from the corpus of the run for each query; a list is sent as it stands.',
  );

const filterFields = {
  ids: drawn.optional(),
  authors: drawn.optional(),
  kinds: z.array(z.int().min(0).max(65_535)).min(1).optional(),
  since: z.int().optional(),
  until: z.int().optional(),
  limit: z.int().min(0).max(5_000).optional(),
};
const filter = z
  .strictObject(filterFields)
  .catchall(drawn)
  .superRefine((value, context) => {
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(filterFields, key) || TAG_KEY.test(key)) continue;
      context.addIssue({ code: 'unrecognized_keys', keys: [key], input: value });
    }
  })
  .describe(
    'A filter of NIP-01: ids, authors, kinds, since, until, limit and single-letter tags such as "#t".',
  );

const query = z.strictObject({
  rate,
  arrivals,
  connections: count.optional().describe('Connections that query, counted from the first; default all.'),
  filters: z
    .array(
      z.strictObject({
        name: name.describe('Label of this shape in metrics and gates: eose_latency{filter=NAME}.'),
        weight: z.number().positive().max(1_000_000).default(1).describe('Share among the filters.'),
        filter,
      }),
    )
    .min(1)
    .max(100),
  timeout: timeout('EOSE or CLOSED'),
  check: share(
    '10%',
    'Share of queries whose answer is compared with the right one, which a named corpus tells; on a thread of its own.',
  ),
});

const connect = z.strictObject({
  rate: rate.describe('New connections per second in every phase, on top of `connections`, held to the end.'),
  arrivals,
  timeout: timeout('an open WebSocket'),
});

const level = z.number().min(0).max(10_000);
const phase = z.strictObject({
  name,
  duration: positiveDuration,
  level: level.default(1).describe('Multiplies every rate of the workloads.'),
  rampTo: level.optional().describe('The level changes linearly from `level` to this over the phase.'),
});

const load = z.discriminatedUnion(
  'model',
  [
    z.strictObject({
      model: z.literal('open').describe('Arrivals follow the clock, whatever the relay does.'),
    }),
    z.strictObject({
      model: z.literal('closed').describe('Replies set the pace; publishing only.'),
      window: z
        .int()
        .min(1)
        .max(4_096)
        .default(1)
        .describe('Events in flight on each publishing connection.'),
    }),
  ],
  'must be open or closed',
);

/** When a gate may end the run. */
export const abortOnFail = z
  .strictObject({
    delay: duration.default(5_000).describe('Measured time before which no gate ends the run.'),
    minSamples: count.default(200).describe('Operations that a gate must rest on before it ends the run.'),
  })
  .describe('End the run as soon as a gate can no longer hold; exit code 99.');

/** The form of a scenario file; `schema.ts` adds what its parts demand of each other. */
export const scenarioShape = z.strictObject({
  name,
  description: z.string().min(1).max(500),
  seed: z.int().min(0).default(1).describe('Decides keys, events, Poisson arrivals and drawn values.'),
  load: load.default({ model: 'open' }),
  connections: z.strictObject({
    count: z.int().min(1).max(1_000_000).describe('Connections that are open before the load starts.'),
    rate: rate.default(500).describe('Connections opened per second before the load starts.'),
    timeout: timeout('an open WebSocket'),
    transport: z
      .enum(['auto', 'raw', 'ws'])
      .default('auto')
      .describe(
        'How the generator speaks WebSocket: raw is cheaper and serves ws:// targets only, ws uses the library of that name; auto takes raw where it can.',
      ),
    pick: z
      .enum(['random', 'round-robin'])
      .default('random')
      .describe(
        'Which connection an arrival goes out on: a random one, as independent users come (seeded), or each in turn, which makes the gaps of every connection far more even. In the closed model replies decide.',
      ),
  }),
  corpus,
  scheduler,
  verify,
  workloads: z
    .strictObject({
      publish: publish.optional(),
      subscribe: subscribe.optional(),
      query: query.optional(),
      connect: connect.optional(),
    })
    .refine((value) => Object.keys(value).length > 0, 'must name at least one workload'),
  warmup: duration.default(5_000).describe('Excluded from every result; runs at level 1.'),
  phases: z.array(phase).min(1).max(100).describe('The measured phases, one after the other.'),
  drain: duration
    .default(5_000)
    .describe(
      'How long to wait for deliveries after the last operation has ended; operations themselves are waited for until their timeouts.',
    ),
  gates: z.array(z.string()).max(100).default([]).describe('Gates besides the default gates.'),
  abortOnFail: abortOnFail.optional(),
});

export type ScenarioShape = z.output<typeof scenarioShape>;
