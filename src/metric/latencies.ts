import type { LatencyDefinition } from './definition.ts';
import { type Entries, entriesOf } from './sets.ts';

/** Latencies: HDR histograms of integer microseconds, from the SCHEDULED time of the operation. */
export const LATENCIES: Entries<'latencies'> = entriesOf('latencies');

export type BaseLatency = keyof Entries<'latencies'>;

/** The entry of a latency. */
export function latencyDefinition(name: BaseLatency): LatencyDefinition {
  return LATENCIES[name];
}
