import { type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { VerifierInUse } from '../../base/verifier-choice.ts';
import type { StoreUsage } from '../store/store.ts';
import { counter, gauge, labelledCounter } from './instruments.ts';
import { watchProcess } from './process-metrics.ts';
import { EVENT_OUTCOMES, type RelayStats } from './stats.ts';

/** Where the metrics get their numbers. */
export interface MetricSources {
  readonly stats: RelayStats;
  readonly subscriptions: () => number;
  readonly filterBytes: () => number;
  /** What checks signatures; null where nothing does. */
  readonly verifier: VerifierInUse | null;
  readonly verifyQueueDepth: () => number;
  readonly ingestInFlight: () => number;
  readonly storeUsage: () => StoreUsage;
}

/** The metrics of a relay process; numbers are read when they are asked for. */
export interface RelayMetrics {
  readonly registry: Registry;
  /** Stops the timers. */
  close(): void;
}

const QUERY_BUCKETS_S = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1];
const RATE_INTERVAL_MS = 1_000;
/** The delay is sampled by a timer of this period, which the raw values include. */
const LOOP_SAMPLE_MS = 10;

function countEvents(registry: Registry, stats: RelayStats): void {
  new Counter({
    name: 'nostr_events_total',
    help: 'EVENT messages answered, by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const outcome of EVENT_OUTCOMES) this.inc({ outcome }, stats.events[outcome]);
    },
  });
}

/** A metric whose labels say what checks signatures. */
function nameVerifier(registry: Registry, verifier: VerifierInUse | null): void {
  const info = new Gauge({
    name: 'nostr_verifier_info',
    help: 'What checks signatures: native with its library, wasm, or none',
    labelNames: ['kind', 'library'],
    registers: [registry],
  });
  info.set({ kind: verifier?.kind ?? 'none', library: verifier?.library ?? '' }, 1);
}

function timeQueries(registry: Registry, stats: RelayStats): void {
  const histogram = new Histogram({
    name: 'nostr_query_latency_seconds',
    help: 'Duration of store queries',
    labelNames: ['operation'],
    buckets: QUERY_BUCKETS_S,
    registers: [registry],
  });
  const children = {
    req: histogram.labels('req'),
    count: histogram.labels('count'),
    neg: histogram.labels('neg'),
    http: histogram.labels('http'),
  };
  stats.onQuery = (operation, seconds) => children[operation].observe(seconds);
}

/** Events answered in the last full second. */
function watchRate(registry: Registry, stats: RelayStats): NodeJS.Timeout {
  let before = stats.eventsTotal;
  let perSecond = 0;
  gauge(registry, 'nostr_events_per_second', 'EVENT messages answered in the last second', () => perSecond);
  const timer = setInterval(() => {
    const total = stats.eventsTotal;
    perSecond = total - before;
    before = total;
  }, RATE_INTERVAL_MS);
  return timer.unref();
}

function watchLoop(registry: Registry, delay: IntervalHistogram): void {
  const quantiles = { '0.5': 50, '0.99': 99, '1': 100 };
  new Gauge({
    name: 'nostr_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last time it was asked for',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      for (const [quantile, percentile] of Object.entries(quantiles)) {
        const seconds = delay.count === 0 ? 0 : delay.percentile(percentile) / 1e9 - LOOP_SAMPLE_MS / 1e3;
        this.set({ quantile }, Math.max(0, seconds));
      }
      delay.reset();
    },
  });
}

/** Share of the time that the event loop was at work since the last time it was asked for. */
function watchLoopBusy(registry: Registry): void {
  let last = performance.eventLoopUtilization();
  gauge(
    registry,
    'nostr_event_loop_utilization',
    'Share of the time that the event loop was busy since the last time it was asked for',
    () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    },
  );
}

/** Connections that were ended because of their client. */
function watchCuts(registry: Registry, stats: RelayStats): void {
  counter(
    registry,
    'nostr_slow_readers_cut_total',
    'Connections cut as too slow',
    () => stats.slowReadersCut,
  );
  counter(
    registry,
    'nostr_slow_senders_cut_total',
    'Connections cut for a message that was not complete in time',
    () => stats.slowSendersCut,
  );
  counter(
    registry,
    'nostr_clients_cut_total',
    'Connections closed because of what their client has sent',
    () => stats.clientsCut,
  );
}

/** What permessage-deflate does: how often, and what becomes of the bytes. */
function watchCompression(registry: Registry, stats: RelayStats): void {
  const { compression } = stats;
  gauge(
    registry,
    'nostr_compressed_connections',
    'Open connections that have negotiated permessage-deflate',
    () => stats.compressedConnections,
  );
  labelledCounter(
    registry,
    {
      name: 'nostr_compressed_messages_total',
      help: 'Messages that were compressed, by their direction',
      label: 'direction',
    },
    () => ({ in: compression.inflated, out: compression.deflated }),
  );
  labelledCounter(
    registry,
    {
      name: 'nostr_compressed_bytes_total',
      help: 'Bytes of those messages as they went over the wire, by their direction',
      label: 'direction',
    },
    () => ({ in: compression.inflatedBefore_bytes, out: compression.deflatedAfter_bytes }),
  );
  labelledCounter(
    registry,
    {
      name: 'nostr_uncompressed_bytes_total',
      help: 'Bytes of those messages without compression, by their direction',
      label: 'direction',
    },
    () => ({ in: compression.inflatedAfter_bytes, out: compression.deflatedBefore_bytes }),
  );
}

/** Registers all metrics of a relay process. */
export function createMetrics(sources: MetricSources): RelayMetrics {
  const { stats, storeUsage } = sources;
  const registry = new Registry();
  const delay = monitorEventLoopDelay({ resolution: LOOP_SAMPLE_MS });
  delay.enable();
  watchProcess(registry);
  countEvents(registry, stats);
  timeQueries(registry, stats);
  nameVerifier(registry, sources.verifier);
  watchLoop(registry, delay);
  watchLoopBusy(registry);
  const timer = watchRate(registry, stats);
  gauge(registry, 'nostr_connections', 'Open connections', () => stats.connections);
  counter(registry, 'nostr_connections_total', 'Connections opened', () => stats.connectionsTotal);
  gauge(registry, 'nostr_subscriptions', 'Open subscriptions', sources.subscriptions);
  watchCuts(registry, stats);
  watchCompression(registry, stats);
  counter(registry, 'nostr_deliveries_total', 'Live events handed to subscriptions', () => stats.deliveries);
  counter(registry, 'nostr_invalid_messages_total', 'Messages refused', () => stats.invalidMessages);
  gauge(
    registry,
    'nostr_filter_bytes',
    'Estimated bytes of the filters of all subscriptions',
    sources.filterBytes,
  );
  gauge(
    registry,
    'nostr_negentropy_records',
    'Events held for open reconciliations',
    () => stats.negentropyRecords,
  );
  gauge(registry, 'nostr_verify_queue_depth', 'Events waiting to be verified', sources.verifyQueueDepth);
  gauge(registry, 'nostr_ingest_in_flight', 'Events received and not answered', sources.ingestInFlight);
  gauge(registry, 'nostr_store_events', 'Events in the store', () => storeUsage().events);
  gauge(registry, 'nostr_store_bytes', 'Estimated bytes in the store', () => storeUsage().bytes ?? 0);
  const close = (): void => {
    clearInterval(timer);
    delay.disable();
  };
  return { registry, close };
}
