import { createEventFrameWriter } from '../corpus/event-frames.ts';
import type { EventsCeiling, SendLag } from './calibration.ts';
import { QUERY_CONNECTIONS } from './ceiling.ts';
import { climb, type Step } from './climb.ts';
import { runTrial } from './trial.ts';

/** Where a measurement takes place: a null relay, until it is interrupted. */
export interface TrialPlace {
  readonly url: string;
  readonly signal: AbortSignal;
}

export interface EventsRequest extends TrialPlace {
  readonly connections: number;
  /** Events per second of each step. */
  readonly rates: readonly number[];
  /** Default as in scenarios. */
  readonly contentBytes?: number;
  /** As in a trial. */
  readonly catchUp?: boolean;
}

export interface EventsResult {
  readonly ceiling: EventsCeiling;
  /** Lateness at each rate. */
  readonly sendLag: readonly SendLag[];
}

/** Events signed, sent, acknowledged, matched and recorded; null where no second was complete. */
export async function measureEvents(request: EventsRequest): Promise<EventsResult | null> {
  const { url, signal, connections, rates, contentBytes, catchUp } = request;
  const { perCpuSecond, steps } = await climb({
    url,
    signal,
    rates,
    catchUp,
    loadAt: (rate) => ({
      connections: { count: connections },
      workloads: { publish: { rate, contentBytes } },
    }),
    done: (row) => Math.min(row.acked, row.sent),
  });
  if (perCpuSecond === null) return null;
  return {
    ceiling: { connections, perCpuSecond, highestValid_per_s: highest(steps) },
    sendLag: steps.map(({ rate_per_s, sendLag }) => ({ rate_per_s, ...sendLag })),
  };
}

/** Queries without stored events, opened and closed. @returns per second of CPU; null where none was complete */
export async function measureQueries({
  url,
  signal,
  rates,
}: TrialPlace & { rates: readonly number[] }): Promise<number | null> {
  const filters = [{ name: 'notes', filter: { limit: 10 } }];
  const { perCpuSecond } = await climb({
    url,
    signal,
    rates,
    loadAt: (rate) => ({
      connections: { count: QUERY_CONNECTIONS },
      workloads: { query: { rate, filters } },
    }),
    done: (row) => Math.min(row.completed, row.sent),
  });
  return perCpuSecond;
}

/** A burst leaves a relay as one segment a subscriber. */
const BURST = 16;
const SUBSCRIBERS = 100;

export interface DeliveriesRequest extends TrialPlace {
  /** Deliveries per second of each step. */
  readonly rates: readonly number[];
  readonly contentBytes?: number;
}

/**
 * Live events received, timed and accounted for; `url` is a null relay that fans out. One publisher sends to
 * a hundred subscribers, so that its own cost is a small part.
 * @returns per second of CPU; null where no second was complete
 */
export async function measureDeliveries(request: DeliveriesRequest): Promise<number | null> {
  const { url, signal, rates, contentBytes } = request;
  const { perCpuSecond } = await climb({
    url,
    signal,
    rates: rates.map((rate) => rate / SUBSCRIBERS),
    loadAt: (rate) => ({
      connections: { count: SUBSCRIBERS + 1 },
      workloads: {
        publish: { rate, contentBytes, connections: 1, arrivals: { pattern: 'burst', size: BURST } },
        subscribe: { connections: SUBSCRIBERS },
      },
    }),
    // Deliveries of many seconds fit into the buffers of the sockets: those of a second are not its events'.
    done: (row) => row.delivered,
  });
  return perCpuSecond;
}

/** The first second warms up the code with this part of the rate. */
export const WARM_UP_LEVEL = 0.3;

/**
 * Connections opened: TCP, upgrade, bookkeeping.
 * @param rate_per_s so many that opening them is most of what a worker does in a second
 * @returns per second of CPU; null where the second was not complete
 */
export async function measureConnections({
  url,
  signal,
  rate_per_s,
}: TrialPlace & { rate_per_s: number }): Promise<number | null> {
  const { rows } = await runTrial({
    url,
    signal,
    load: {
      connections: { count: 1 },
      workloads: { connect: { rate: `${rate_per_s}/s` } },
      phases: [
        { name: 'slow', duration: '1s', level: WARM_UP_LEVEL },
        { name: 'fast', duration: '1s' },
      ],
    },
  });
  const [slow, fast] = rows;
  if (slow === undefined || fast === undefined || fast.cpu === null || fast.cpu <= 0) return null;
  const opened = fast.connections - slow.connections;
  return opened > 0 ? opened / fast.cpu : null;
}

export interface SigningOptions {
  /** CPU time of this process so far. */
  readonly cpu_us: () => number;
  readonly contentBytes: number;
  /** How much CPU time to spend. */
  readonly spend_us: number;
}

const WARM_UP_EVENTS = 20_000;
const BATCH = 1_000;

/** Events signed and framed per second of CPU, in this process. */
export function measureSigning({ cpu_us, contentBytes, spend_us }: SigningOptions): number {
  const writer = createEventFrameWriter({
    seed: 1,
    authors: 100,
    kind: 1,
    contentBytes,
    topics: 1,
    runTag: '0badcafe',
  });
  const target = Buffer.alloc(writer.maxFrameBytes);
  let number = 0;
  const sign = (count: number): void => {
    for (const end = number + count; number < end; number++) {
      writer.write(target, 0, number, 1_700_000_000, number * 1_000);
    }
  };
  sign(WARM_UP_EVENTS);
  const from_us = cpu_us();
  let used_us = 0;
  for (number = 0; used_us < spend_us; used_us = cpu_us() - from_us) sign(BATCH);
  return (number * 1e6) / used_us;
}

function highest(steps: readonly Step[]): number | null {
  const valid = steps.filter((step) => step.isValid).map((step) => step.rate_per_s);
  return valid.length === 0 ? null : Math.max(...valid);
}
