import { baseLatency, type LatencyMetric } from '../metric/catalogue.ts';
import { latencyDefinition } from '../metric/latencies.ts';

/** `Write to OK` of a latency and of its twin from the write; where it has no title, the words of its name. */
export function latencyWords(name: LatencyMetric): string {
  const base = baseLatency(name);
  const words = base.replace('_latency', '').replaceAll('_', ' ');
  return latencyDefinition(base).headline?.title ?? words.charAt(0).toUpperCase() + words.slice(1);
}
