import type { Registry } from 'prom-client';
import { counter, gauge, labelledCounter } from '../metrics/instruments.ts';
import type { RedisBus } from './redis-bus.ts';

/** Registers what the bus tells about itself. */
export function registerBusMetrics(registry: Registry, bus: RedisBus): void {
  const { counts } = bus;
  gauge(registry, 'nostr_bus_up', 'Whether events reach the other relays', () => (bus.isWhole ? 1 : 0));
  labelledCounter(
    registry,
    { name: 'nostr_bus_messages_total', help: 'Messages between relays', label: 'direction' },
    () => ({ published: counts.published, received: counts.received }),
  );
  counter(registry, 'nostr_bus_publish_errors_total', 'Messages not sent', () => counts.publishErrors);
  counter(registry, 'nostr_bus_refused_total', 'Messages not believed', () => bus.refused);
  counter(registry, 'nostr_bus_gaps_total', 'Times that events may have been missed', () => bus.gaps);
  counter(
    registry,
    'nostr_bus_filled_total',
    'Events that were missed and found in the store',
    () => counts.filled,
  );
}
