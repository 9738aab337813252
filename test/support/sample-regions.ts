import { LatencyHistogram } from '../../src/metric/histogram.ts';
import { regionsOf } from '../../src/record/regions.ts';
import type { ComponentUsage, RunRecord } from '../../src/record/schema.ts';
import { sampleRecord } from './sample-record.ts';

/** Two regions, the second with two edges. */
export const KNOWN_REGIONS = [
  { name: 'region-1', rtt_ms: 40, edges: ['edge-1'] },
  { name: 'region-2', rtt_ms: 120, edges: ['edge-2', 'edge-3'] },
];

function part(name: string, role: string, figures: Record<string, number>): ComponentUsage {
  return { name, role, pid: 1, cpu_s: 1, cpuShare: 0.1, rssMax_bytes: 2 ** 20, figures };
}

function edge(name: string, region: number, figures: Record<string, number>): ComponentUsage {
  return part(name, `edge relay of region ${region}`, figures);
}

/**
 * What the parts of such a stack have told: of a thousand reads in each region 50 were asked of the origin, ten of them twice,
 * with ten questions more.
 */
export const EDGE_PARTS: readonly ComponentUsage[] = [
  part('relay-1', 'relay', { queries_total: 120, deliveries_total: 1_800 }),
  part('links', 'proxy in the links', {
    ...{ wan1BytesUp_total: 20_000, wan1BytesDown_total: 300_000 },
    ...{ wan2BytesUp_total: 10_000, wan2BytesDown_total: 200_000 },
  }),
  edge('edge-1', 1, {
    ...{ edgeHits_total: 820, edgeMisses_total: 80, edgeCollapsed_total: 30, edgeStale_total: 0 },
    ...{ edgeOriginEvents_total: 600, edgeOriginQuestions_total: 70, deliveries_total: 30_000 },
  }),
  part('region-1', 'load balancer of region 1', { pageLookups_total: 120, pageHits_total: 100 }),
  edge('edge-2', 2, {
    ...{ edgeHits_total: 500, edgeMisses_total: 20, edgeCollapsed_total: 0, edgeStale_total: 7 },
    ...{ edgeOriginEvents_total: 600, edgeOriginQuestions_total: 30, deliveries_total: 10_000 },
  }),
  edge('edge-3', 2, {
    ...{ edgeHits_total: 450, edgeMisses_total: 30, edgeCollapsed_total: 0, edgeStale_total: 0 },
    ...{ edgeOriginEvents_total: 600, edgeOriginQuestions_total: 40, deliveries_total: 20_000 },
  }),
  part('region-2', 'load balancer of region 2', { pageLookups_total: 0, pageHits_total: 0 }),
];

/** A latency of which a thousand operations took so many milliseconds each. */
function latencyOf(ms: number): RunRecord['metrics'][string] {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < 1_000; i++) histogram.record(ms * 1_000);
  const summary = histogram.summary();
  return { ...summary, lowConfidence: [...summary.lowConfidence] };
}

/** The passing sample, of a stack with two regions. */
export function recordWithRegions(): RunRecord {
  const record = sampleRecord('pass');
  const regions = regionsOf(KNOWN_REGIONS, EDGE_PARTS);
  if (regions === null) throw new Error('the sample has regions');
  return {
    ...record,
    metrics: {
      ...record.metrics,
      'eose_latency{region=region-1}': latencyOf(2),
      'eose_latency{region=region-2}': latencyOf(3),
      'ack_latency{region=region-1}': latencyOf(42),
      'ack_latency{region=region-2}': latencyOf(123),
    },
    components: [...EDGE_PARTS],
    regions,
  };
}
