import { monotonicNs } from '../../src/base/clock.ts';
import { LATENCY_NAMES } from '../../src/metric/catalogue.ts';
import { buildSeriesTable, type SeriesTable } from '../../src/metric/series-table.ts';
import type { Connection } from '../../src/wire/connection.ts';
import { FrameStore } from '../../src/wire/frame-store.ts';
import { Outbox } from '../../src/wire/outbox.ts';
import { Rotation } from '../../src/workload/clients.ts';
import { maxFilterFrameBytes } from '../../src/workload/filter-shares.ts';
import { countingSchedule } from '../../src/workload/load-model.ts';
import type { AnswerSamples } from '../../src/workload/query/answer-samples.ts';
import { QueryWorkload } from '../../src/workload/query/query-workload.ts';
import { type StoredEvents, storedByMarker } from '../../src/workload/query/stored-events.ts';
import type { Regional } from '../../src/workload/regional-series.ts';
import type { SampleSink } from '../../src/workload/sample-sink.ts';
import { FakeCases } from './fake-cases.ts';
import { FakeSink } from './fake-sink.ts';

/** The run tag of events that were stored before the load. */
export const STORED_TAG = 'cafe0124';
export const QUERY_SERIES = buildSeriesTable(LATENCY_NAMES, { filter: ['feed'] });

const ONE_TARGET = { labels: {}, targets: ['ws://relay/'], rounds: [] };

export interface HarnessOptions<Sink extends SampleSink> {
  readonly sink?: Sink;
  readonly limit?: number | undefined;
  readonly answers?: AnswerSamples | null;
  /** Where connections lead; by default all to one target. */
  readonly plan?: Regional['plan'];
  readonly series?: SeriesTable;
  readonly stored?: StoredEvents;
  readonly mayComeLive?: (sinceNs: number) => number;
}

/** Queries of one shape on connection 1, without a network: what a relay would send is handed in. */
export function queryHarness<Sink extends SampleSink = FakeSink>(options: HarnessOptions<Sink>) {
  const {
    answers = null,
    stored,
    mayComeLive = () => 1_000,
    plan = ONE_TARGET,
    series = QUERY_SERIES,
  } = options;
  const limit = 'limit' in options ? options.limit : 3;
  const sink = (options.sink ?? new FakeSink()) as Sink;
  const lateStored: number[] = [];
  const closes: number[] = [];
  const away = new Set<number>();
  const cases = new FakeCases();
  const filters = [{ name: 'feed', weight: 1, filter: { kinds: [1], limit } }];
  const slotBytes = maxFilterFrameBytes(filters);
  const query = new QueryWorkload({
    store: new FrameStore(slotBytes, 64),
    schedule: countingSchedule(0, 1),
    clients: new Rotation([1], () => true),
    filters,
    pools: { authors: [], ids: [], threads: [], topics: [], words: [] },
    seed: 1,
    timeoutMs: 1_000,
    start: { monotonicNs: monotonicNs() - 1e6 },
    sink,
    ...{ plan, series },
    sendNow: (connection) => closes.push(connection),
    answers,
    stored: stored ?? storedByMarker(STORED_TAG, ({ sequence }) => lateStored.push(sequence)),
    mayComeLive,
    isAway: (connection) => away.has(connection),
    cases,
  });
  const outbox = new Outbox();
  outbox.setOwners([query]);
  outbox.open({ number: 1, isOpen: true, write: () => true } as unknown as Connection);
  query.sender.attach(outbox, 0);
  const ask = (): void => {
    query.fire();
    outbox.flush();
  };
  return { sink, query, ask, lateStored, closes, cases, away };
}
