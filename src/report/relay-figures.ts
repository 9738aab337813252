import { own } from '../base/own.ts';
import type { RelayMetricsEntry } from '../record/schema.ts';

/** What people call the figures that relays tell of themselves; others keep their name. */
const WORDS: Readonly<Record<string, string>> = {
  connections: 'open connections',
  connections_total: 'connections opened',
  disconnects_total: 'connections closed',
  subscriptions: 'open subscriptions',
  events_total: 'events received',
  stored_total: 'events stored',
  duplicates_total: 'duplicates received',
  rejected_total: 'events rejected',
  queries_total: 'queries received',
  queriesAborted_total: 'queries aborted',
  deliveries_total: 'live deliveries',
  eventsSent_total: 'events sent to clients',
  writeTime_ms_total: 'time for writing',
  queryTime_ms_total: 'time for queries',
  writeBatch: 'events of one write',
  dbConnections: 'database connections',
  slowReadersCut_total: 'slow readers cut',
  invalidMessages_total: 'messages refused',
  l1Hits_total: 'answered from the first cache',
  l1Misses_total: 'not in the first cache',
  l2Hits_total: 'answered from the second cache',
  l2Misses_total: 'not in the second cache',
  edgeHits_total: 'answered at the edge',
  edgeMisses_total: 'not answered at the edge',
  edgeCollapsed_total: 'asked of the origin by somebody else already',
  edgeStale_total: 'answered at the edge while the origin was away',
  edgeCaughtUp_total: 'events found after the origin was away',
  edgeOriginEvents_total: 'live events from the origin',
  edgeOriginQuestions_total: 'questions to the origin',
  edgeReceived_bytes_total: 'bytes from the origin',
  edgeSent_bytes_total: 'bytes to the origin',
  edgeOriginUp: 'origin there',
  edgeCoverages: 'filters and ids held',
  loopBusy: 'event loop busy',
  loopDelayP99_ms: 'event-loop delay p99',
  verifyQueue: 'waiting for verification',
  storeQueue: 'waiting for the store',
  poolWaiting: 'waiting for the database',
  cpu_ms_total: 'CPU',
  memory_bytes: 'memory',
  descriptors: 'open files and sockets',
};

/** What a figure is called. */
export function figureWords(figure: string): string {
  return own(WORDS, figure) ?? figure;
}

/** How much a figure of one relay grew in the seconds before `t`, which counts from the begin of the measured phases. */
interface Growth {
  readonly t: number;
  readonly grown: number;
  readonly seconds: number;
}

/** How much a growing figure grew from each answer to the next; a relay that was started anew counts from zero. */
export function growthsOf({ samples }: RelayMetricsEntry, figure: string): Growth[] {
  const read = samples.flatMap(({ t, figures }): [number, number][] => {
    const value = figures === null ? undefined : own(figures, figure);
    return value === undefined ? [] : [[t, value]];
  });
  return read.slice(1).flatMap(([t, value], at): Growth[] => {
    const [before_t, before] = read[at] ?? [t, value];
    const grown = value >= before ? value - before : value;
    return t > before_t ? [{ t, grown, seconds: t - before_t }] : [];
  });
}

/** Seconds from the first answer to the last; 0 where there were fewer than two. */
export function answeredSpan_s({ samples }: RelayMetricsEntry): number {
  const times = samples.filter(({ figures }) => figures !== null).map(({ t }) => t);
  return times.length < 2 ? 0 : (times.at(-1) ?? 0) - (times[0] ?? 0);
}
