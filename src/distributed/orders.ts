import * as z from 'zod';
import type { ToWorker } from '../engine/messages.ts';
import type { Shard } from '../plan/parts.ts';
import type { Plan } from '../plan/plan.ts';
import type { CommonClock } from './clock.ts';

const us = z.number().min(0);
const MOST_EVENTS = 10_000_000;

/** What an agent is told: the control messages of a worker without the plan, which it makes itself, and on common time. */
const order = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('init'), runTag: z.string().max(128), logHistory: z.boolean() }),
  z.strictObject({ type: z.literal('connect'), startUs: us }),
  z.strictObject({ type: z.literal('prepare'), startWallMs: us }),
  z.strictObject({
    type: z.literal('go'),
    startUs: us,
    startWallMs: us,
    stored: z.strictObject({ failed: z.array(z.int().min(0)).max(MOST_EVENTS), hadSome: z.boolean() }),
  }),
  z.strictObject({ type: z.literal('stop') }),
  /** The worker is not wanted any more. */
  z.strictObject({ type: z.literal('end') }),
]);
export const orderTo = z.strictObject({ worker: z.int().min(0), order });

export type Order = z.infer<typeof order>;

/** A control message as the order that carries it. */
export function orderOf(message: ToWorker, clock: CommonClock): Order | null {
  switch (message.type) {
    case 'init':
      return { type: 'init', runTag: message.runTag, logHistory: message.logHistory };
    case 'connect':
      return { type: 'connect', startUs: clock.toCommonUs(message.startNs) };
    case 'prepare':
    case 'stop':
      return message;
    case 'go': {
      const { startNs, startWallMs, stored } = message;
      const kept = { failed: [...stored.failed], hadSome: stored.hadSome };
      return { type: 'go', startUs: clock.toCommonUs(startNs), startWallMs, stored: kept };
    }
    case 'alive':
      // The coordinator's own signs of life go to all at once.
      return null;
    default:
      return message satisfies never;
  }
}

/** What an agent adds to an order. */
export interface OrderContext {
  readonly plan: Plan;
  readonly shard: Shard;
  readonly clock: CommonClock;
  readonly silenceMs: number;
}

/** The way back, on the agent's machine. */
export function messageOfOrder(
  given: Exclude<Order, { type: 'end' }>,
  { plan, shard, clock, silenceMs }: OrderContext,
): ToWorker {
  switch (given.type) {
    case 'init':
      return { ...given, plan, shard, silenceMs };
    case 'connect':
      return { type: 'connect', startNs: clock.toMonotonicNs(given.startUs) };
    case 'go': {
      const { startUs, ...rest } = given;
      return { ...rest, startNs: clock.toMonotonicNs(startUs) };
    }
    default:
      return given;
  }
}
