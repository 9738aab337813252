import * as z from 'zod';
import type { ConnectionCounts, FromWorker } from '../engine/messages.ts';
import type { CommonClock } from './clock.ts';
import { decodeMessage, encodeMessage } from './codec.ts';
import { fromWorker } from './from-worker.ts';

const whole = z.int().min(0);
const text = z.string().max(4_000);

/** What an agent says of itself and its machine. */
const agentFacts = z.strictObject({
  name: z.string().max(200),
  version: z.string().max(50),
  node: z.string().max(50),
  cpus: whole,
  memoryBytes: whole,
  cpuModel: z.string().max(200),
  /** These two when it took the shard. */
  freeMemoryBytes: whole,
  loadAverage: z.number().min(0),
});
export type AgentFacts = z.infer<typeof agentFacts>;

/** What the coordinator hears of an agent. */
const news = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('here'), agent: agentFacts, clockRoundTrip_us: whole }),
  z.strictObject({ type: z.literal('refused'), agent: text, why: text, hint: text.nullable() }),
  z.strictObject({ type: z.literal('beat') }),
  z.strictObject({ type: z.literal('worker'), worker: whole, message: fromWorker }),
  z.strictObject({ type: z.literal('worker-lost'), worker: whole, reason: text }),
  /** `clockDrift_us`: how far its clock has moved from the common one. */
  z.strictObject({ type: z.literal('over'), clockDrift_us: z.number() }),
]);
export type News = z.infer<typeof news>;

export function newsText(given: News): string {
  return encodeMessage(given);
}

/** @throws where the text is no news */
export function readNews(given: string): News {
  const { data, error } = news.safeParse(decodeMessage(given));
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  throw new Error(`what it sends is no news: ${[...(issue?.path ?? []), issue?.message].join(' ')}`);
}

/** A message of a worker on another machine with the instants of its clock as instants of this one. */
export function onClockOf(message: FromWorker, change: (ns: number) => number): FromWorker {
  switch (message.type) {
    case 'connecting':
    case 'connected':
      return { ...message, counts: countsOn(message.counts, change) };
    case 'interval': {
      const { interval } = message;
      return { ...message, interval: { ...interval, connections: countsOn(interval.connections, change) } };
    }
    default:
      return message;
  }
}

function countsOn(counts: ConnectionCounts, change: (ns: number) => number): ConnectionCounts {
  const { firstDropNs, lastDropNs } = counts;
  return {
    ...counts,
    firstDropNs: firstDropNs === null ? null : change(firstDropNs),
    lastDropNs: lastDropNs === null ? null : change(lastDropNs),
  };
}

/** From an agent's clock to the common one; as `ns`, so that messages keep their shape on the way. */
export function toCommonNs(clock: CommonClock): (ns: number) => number {
  return (ns) => clock.toCommonUs(ns) * 1_000;
}

/** And from there to that of this machine. */
export function fromCommonNs(clock: CommonClock): (ns: number) => number {
  return (ns) => clock.toMonotonicNs(ns / 1_000);
}
