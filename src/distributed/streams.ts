/** Names of the streams of one run. */
export interface RunStreams {
  /** Coordinator to agents, see `orders.ts`. */
  readonly orders: string;
  /** Signs of life of the coordinator. */
  readonly alive: string;
  /** Agents to coordinator, see `news.ts`. */
  readonly news: string;
}

export function streamsOf(runId: string): RunStreams {
  const name = (of: string): string => `run:${runId}:${of}`;
  return { orders: name('orders'), alive: name('alive'), news: name('news') };
}

/** Both sides give a sign of life so often. */
export const BEAT_EVERY_MS = 500;
/** And take a side for gone that has given none for so long. */
export const SILENCE_MS = 3_000;
/** Signs of life that are kept: who reads them wants the newest. */
export const BEATS_KEPT = 4;
