import * as z from 'zod';
import { CLIENT_BACK_OFF } from '../base/back-off.ts';
import { faultForm } from '../fault/form/form.ts';
import { corpus } from './corpus-shape.ts';
import { count, duration, name, positiveDuration, rate, share, timeout } from './fields.ts';

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

const backOff = z.strictObject({
  first: positiveDuration
    .default(CLIENT_BACK_OFF.firstMs)
    .describe('Bound of the wait before the first attempt; it doubles with every attempt that fails.'),
  longest: positiveDuration.default(CLIENT_BACK_OFF.longestMs).describe('Bound of every wait.'),
  jitter: z
    .boolean()
    .default(true)
    .describe(
      'Each wait is drawn between nothing and its bound (full jitter); otherwise it is as long as its bound.',
    ),
});

/** How clients come back whose connection was lost, where a flag alone asks for it. */
export const DEFAULT_RECONNECT = backOff.parse({});

/** Null where a lost connection stays lost. */
const reconnect = z
  .union([z.boolean(), backOff], 'must be true, false or { first, longest, jitter }')
  .transform((value) => (value === true ? DEFAULT_RECONNECT : value === false ? null : value));

/** What stands before the workloads in a scenario. */
export const partsBefore = {
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
    auth: z
      .enum(['on-demand', 'on-connect', 'never'])
      .optional()
      .describe(
        'When clients authenticate (NIP-42): where the relay refuses something with `auth-required:` (the default), as soon as it challenges them, or not at all. What was refused is sent again then.',
      ),
    reconnect: reconnect
      .optional()
      .describe(
        'Clients whose connection is lost come back, as real ones do: they open it again after a wait that doubles with every attempt, subscribe and authenticate as before, and send again what was not answered. Off by default.',
      ),
    compression: z
      .boolean()
      .optional()
      .describe(
        'Whether clients offer permessage-deflate (RFC 7692), as browsers do: where the relay accepts it, what is sent is compressed where that makes it smaller, and what the relay compresses is inflated. The run goes on where it does not. Off by default.',
      ),
  }),
  corpus,
  scheduler,
  verify,
};

/** What stands behind them. */
export const partsBehind = {
  warmup: duration.default(5_000).describe('Excluded from every result; runs at level 1.'),
  phases: z.array(phase).min(1).max(100).describe('The measured phases, one after the other.'),
  drain: duration
    .default(5_000)
    .describe(
      'How long to wait for deliveries after the last operation has ended; operations themselves are waited for until their timeouts.',
    ),
  faults: z
    .array(faultForm)
    .min(1)
    .max(100)
    .optional()
    .describe(
      'What is done to parts of the target while the load goes on; only to what relay-bench has started.',
    ),
  gates: z.array(z.string()).max(100).default([]).describe('Gates besides the default gates.'),
  abortOnFail: abortOnFail.optional(),
  probe: z
    .boolean()
    .optional()
    .describe(
      'Whether a relay that advertises limits (NIP-11) is asked before the load if it enforces them: one subscription too many, one message that is too long, one ephemeral event without work, each on a connection of its own. On by default.',
    ),
};

const parts = z.strictObject({ ...partsBefore, ...partsBehind });

/** A scenario without its workloads. */
export type ScenarioParts = z.output<typeof parts>;
