import * as z from 'zod';

const whole = z.int().min(0);

/** Where the reads of clients were answered, in the measured phases; a read is a filter of a REQ, or a page over HTTP. */
const reads = z.strictObject({
  total: whole,
  /** Pages that the cache of the balancer had. */
  httpCache: whole,
  /** Filters that edges answered from what they held. */
  edge: whole,
  /** Of those, answered while the origin was away. */
  edgeStale: whole,
  /** Filters for which somebody else had asked the origin already: their answer was waited for. */
  shared: whole,
  /** Filters that the origin was asked for. */
  origin: whole,
  /**
   * Questions that edges have asked the origin: for those filters, also once more where an answer was lost or not true any more, for
   * COUNT, and to catch up. Left out where nobody has counted them.
   */
  questions: whole.optional(),
});

const region = z.strictObject({
  /** The label `region` of latencies. */
  name: z.string(),
  /** There and back; null where it is not known. */
  rtt_ms: z.number().nullable(),
  /** Names of its edges. */
  edges: z.array(z.string()),
  /** Null without edges, and where they could not be asked. */
  reads: reads.nullable(),
  /** Bytes on the way to the origin; null where nobody has counted them. */
  wan: z.strictObject({ toOrigin_bytes: whole, fromOrigin_bytes: whole }).nullable(),
  /** Events that the origin has told its edges of, and deliveries of them to clients of the region; null without edges. */
  events: z.strictObject({ fromOrigin: whole, toClients: whole }).nullable(),
});

/** Regions of clients before an origin. */
export const regions = z.strictObject({
  each: z.array(region),
  /** What the questions of edges are less than all reads, as a share of these; null without edges, or where nobody has counted. */
  offload: z.number().min(0).max(1).nullable(),
  /** Questions that the relays of the origin have answered, whoever asked; null where they could not be asked. */
  originQueries: whole.nullable(),
});

export type Regions = z.infer<typeof regions>;
export type Region = Regions['each'][number];
export type RegionReads = z.infer<typeof reads>;

/** What is compared of runs with regions: what the origin answered, bytes on all ways to it, the share of reads it was spared. */
export const REGION_SERIES = {
  queries: 'origin_queries',
  bytes: 'origin_way_bytes',
  offload: 'origin_offload',
} as const;
