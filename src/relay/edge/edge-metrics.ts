import type { Registry } from 'prom-client';
import { counter, gauge, labelledCounter } from '../metrics/instruments.ts';
import type { CoverageTable } from './coverage-table.ts';
import type { EdgeStats } from './edge-stats.ts';
import type { Origin } from './origin.ts';
import type { OriginTraffic } from './origin-link.ts';

/** What an edge tells of itself. */
export interface EdgeMetricsParts {
  readonly stats: EdgeStats;
  readonly table: CoverageTable;
  readonly origin: Origin;
  readonly traffic: OriginTraffic;
}

/** Registers what an edge tells of itself. */
export function registerEdgeMetrics(
  registry: Registry,
  { stats, table, origin, traffic }: EdgeMetricsParts,
): void {
  gauge(registry, 'nostr_edge_origin_up', 'Whether the origin tells what it accepts', () =>
    origin.isLive ? 1 : 0,
  );
  gauge(registry, 'nostr_edge_coverages', 'Filters and ids that are held whole', () => table.coverages);
  counter(registry, 'nostr_edge_hits_total', 'Filters answered from what is held', () => stats.hits);
  counter(registry, 'nostr_edge_misses_total', 'Filters answered by the origin', () => stats.misses);
  counter(
    registry,
    'nostr_edge_collapsed_total',
    'Misses for which somebody else had asked already',
    () => stats.collapsed,
  );
  counter(registry, 'nostr_edge_stale_total', 'Hits while the origin was away', () => stats.stale);
  counter(
    registry,
    'nostr_edge_origin_events_total',
    'Events that the origin has told of',
    () => origin.events,
  );
  counter(
    registry,
    'nostr_edge_origin_questions_total',
    'Questions that the origin was asked, also again, for COUNT and to catch up',
    () => origin.questions,
  );
  labelledCounter(
    registry,
    {
      name: 'nostr_edge_origin_bytes_total',
      help: 'Bytes of messages from and to the origin',
      label: 'direction',
    },
    () => ({ ...traffic }),
  );
  counter(registry, 'nostr_edge_losses_total', 'Times that the origin was lost', () => origin.losses);
  counter(registry, 'nostr_edge_caught_up_total', 'Events found after a loss', () => origin.caughtUp);
  counter(
    registry,
    'nostr_edge_confirmed_total',
    'Filters and ids that the origin has confirmed after a loss',
    () => origin.confirmed,
  );
}
