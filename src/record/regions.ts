import { own } from '../base/own.ts';
import type { Region, RegionReads, Regions } from './regions-schema.ts';
import type { ComponentUsage } from './schema.ts';

/** What is known of a region besides what its parts say. */
export interface KnownRegion {
  /** Of its balancer. */
  readonly name: string;
  readonly rtt_ms: number | null;
  /** Names of its edges. */
  readonly edges: readonly string[];
}

const ORIGIN_ROLE = 'relay';
const LINKS_ROLE = 'proxy in the links';

/** What the parts of a stack tell of its regions; null where it has none. */
export function regionsOf(
  known: readonly KnownRegion[],
  components: readonly ComponentUsage[],
): Regions | null {
  if (known.length === 0) return null;
  const each = known.map((region, index) => regionOf(region, index + 1, components));
  return {
    each,
    offload: offloadOf(each.map(({ reads }) => reads)),
    originQueries: sumOf(
      components.filter(({ role }) => role === ORIGIN_ROLE),
      'queries_total',
    ),
  };
}

function offloadOf(all: readonly (RegionReads | null)[]): number | null {
  const counted = all.flatMap((reads) => (reads?.questions === undefined ? [] : [reads]));
  const total = sum(counted.map((reads) => reads.total));
  if (counted.length < all.length || total === 0) return null;
  const questions = sum(counted.map((reads) => reads.questions ?? 0));
  return Math.max(0, total - questions) / total;
}

/** @param number of the region, from 1 */
function regionOf(
  { name, rtt_ms, edges }: KnownRegion,
  number: number,
  components: readonly ComponentUsage[],
): Region {
  const ofEdges = components.filter((component) => edges.includes(component.name));
  const balancer = components.find((component) => component.name === name);
  const links = components.filter(({ role }) => role === LINKS_ROLE);
  const [up, down] = [sumOf(links, `wan${number}BytesUp_total`), sumOf(links, `wan${number}BytesDown_total`)];
  const [fromOrigin, toClients] = [
    sumOf(ofEdges, 'edgeOriginEvents_total'),
    sumOf(ofEdges, 'deliveries_total'),
  ];
  return {
    name,
    rtt_ms,
    edges: [...edges],
    reads: readsOf(ofEdges, balancer),
    wan: up === null || down === null ? null : { toOrigin_bytes: up, fromOrigin_bytes: down },
    events: fromOrigin === null || toClients === null ? null : { fromOrigin, toClients },
  };
}

/** Pages that the cache of the balancer does not have are filters of its edges. */
function readsOf(edges: readonly ComponentUsage[], balancer: ComponentUsage | undefined): RegionReads | null {
  const [edge, missed] = [sumOf(edges, 'edgeHits_total'), sumOf(edges, 'edgeMisses_total')];
  if (edge === null || missed === null) return null;
  const shared = sumOf(edges, 'edgeCollapsed_total') ?? 0;
  const questions = sumOf(edges, 'edgeOriginQuestions_total');
  const httpCache = balancer === undefined ? 0 : (sumOf([balancer], 'pageHits_total') ?? 0);
  return {
    total: httpCache + edge + missed,
    httpCache,
    edge,
    edgeStale: sumOf(edges, 'edgeStale_total') ?? 0,
    shared,
    origin: Math.max(0, missed - shared),
    ...(questions === null ? {} : { questions }),
  };
}

/** Null where none of them has that figure. */
function sumOf(components: readonly ComponentUsage[], figure: string): number | null {
  const found = components.flatMap(({ figures = {} }) => own(figures, figure) ?? []);
  return found.length === 0 ? null : sum(found);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
