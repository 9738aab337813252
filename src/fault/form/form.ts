import * as z from 'zod';
import { duration, positiveDuration } from '../../scenario/fields.ts';
import { ACTION_NAMES, LINK_NAMES } from './actions.ts';
import { tryParseBytes, tryParseBytesPerS } from './bytes.ts';
import { partProblem } from './part.ts';

const BYTES_ERROR = 'must be a number of bytes with a unit, such as 512MB or 2GB';
const BANDWIDTH_ERROR = 'must be bytes a second with a unit, such as 64KB/s or 1MB/s';

/** Read as bytes. */
const bytes = z
  .string(BYTES_ERROR)
  .refine((text) => (tryParseBytes(text) ?? 0) > 0, BYTES_ERROR)
  .transform((text) => tryParseBytes(text) ?? 0);

/** Read as bytes a second. */
const bandwidth = z
  .string(BANDWIDTH_ERROR)
  .refine((text) => (tryParseBytesPerS(text) ?? 0) > 0, BANDWIDTH_ERROR)
  .transform((text) => tryParseBytesPerS(text) ?? 0);

const part = z.string().superRefine((text, context) => {
  const message = partProblem(text);
  if (message !== null) context.addIssue({ code: 'custom', message });
});

/** One thing that is done to a part of the target during a run. */
export const faultForm = z.strictObject({
  at: duration.describe('When, after the measured phases began.'),
  action: z
    .enum(ACTION_NAMES)
    .describe('What is done: `relay-bench stack fault --help` says what each does.'),
  on: part.describe(
    'To which part: relay/2, primary, replica/1, postgres/1, cache/1, pubsub, haproxy, haproxy-db, supervisor, edge/1, region/2; without a number to all of them.',
  ),
  for: positiveDuration
    .optional()
    .describe('For how long, where the action lasts; default: until the load has ended.'),
  link: z
    .enum(LINK_NAMES)
    .optional()
    .describe('Which links of the part: clients, postgres, redis, replication or wan; default: all of them.'),
  direction: z
    .enum(['both', 'up', 'down'])
    .optional()
    .describe('Seen from who connects: up to the server, down from it; default both.'),
  latency: positiveDuration.optional().describe('Of a delay, one way.'),
  jitter: duration.optional().describe('Of a delay: up to so much longer, at random; the order stays.'),
  bandwidth: bandwidth.optional().describe('Of a throttle, each way of each connection: 64KB/s, 1MB/s.'),
  how: z
    .enum(['hold', 'reset'])
    .optional()
    .describe(
      'Of a partition: hold back what is sent, as a cut cable does, or reset connections; default hold.',
    ),
  most: bytes
    .optional()
    .describe('Of fill-disk: it is refused where more would have to be written; default 2GB.'),
});

/** A fault as it is planned: times in ms, bytes. */
export type FaultForm = z.output<typeof faultForm>;

/** What is to be done, without when. */
export type FaultOrder = Omit<FaultForm, 'at'>;

/** A fault of a plan, and when it happens. */
export interface PlannedFault extends FaultOrder {
  /** Milliseconds after the start of the load, warm-up included. */
  readonly atMs: number;
}
