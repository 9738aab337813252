import { EXPOSED_PREFIX, type Labelled } from '../metric/exposed.ts';
import type { Labels } from '../metric/series.ts';
import type { Distribution, Family } from './family.ts';

// OTLP metrics in its JSON encoding (opentelemetry-proto, metrics/v1/metrics.proto; docs/specification.md, "JSON Protobuf
// Encoding"): keys in lowerCamelCase, 64-bit integers as decimal strings, enums as integers. By hand, since the exporters of
// OpenTelemetry want a newer Node.js than this program and would take samples, not the histograms that a run has already.

/** Where the numbers come from and which time they span; nanoseconds of Unix time. */
export interface OtlpContext {
  readonly resource: Labels;
  readonly version: string;
  readonly startUnixNs: bigint;
  readonly nowUnixNs: bigint;
}

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

/** Fields of NumberDataPoint and HistogramDataPoint alike. */
interface PointHead {
  readonly attributes: readonly KeyValue[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
}

interface NumberDataPoint extends PointHead {
  readonly asDouble: number;
}

interface HistogramDataPoint extends PointHead {
  readonly count: string;
  readonly sum: number;
  readonly bucketCounts: readonly string[];
  readonly explicitBounds: readonly number[];
  readonly min?: number;
  readonly max?: number;
}

interface MetricHead {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
}

type OtlpMetric = MetricHead &
  (
    | { readonly gauge: { readonly dataPoints: readonly NumberDataPoint[] } }
    | {
        readonly sum: {
          readonly dataPoints: readonly NumberDataPoint[];
          readonly aggregationTemporality: number;
          readonly isMonotonic: true;
        };
      }
    | {
        readonly histogram: {
          readonly dataPoints: readonly HistogramDataPoint[];
          readonly aggregationTemporality: number;
        };
      }
  );

/** An ExportMetricsServiceRequest. */
export interface OtlpRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly metrics: readonly OtlpMetric[];
    }[];
  }[];
}

/** AGGREGATION_TEMPORALITY_CUMULATIVE: all numbers count from the start. */
const CUMULATIVE = 2;

/** Units of UCUM, as OpenTelemetry wants them. */
const UNITS = { seconds: 's', bytes: 'By' } as const;

/** The body of a request to `/v1/metrics`. A collector that turns it into Prometheus metrics gives them the names of the endpoint. */
export function otlpRequest(families: readonly Family[], context: OtlpContext): OtlpRequest {
  const metrics = families.map((family) => metricOf(family, context));
  const scope = { name: 'relay-bench', version: context.version };
  return {
    resourceMetrics: [
      {
        resource: { attributes: attributesOf(context.resource) },
        scopeMetrics: [{ scope, metrics }],
      },
    ],
  };
}

function metricOf(family: Family, context: OtlpContext): OtlpMetric {
  const head: MetricHead = {
    name: EXPOSED_PREFIX + family.name,
    description: family.help,
    unit: family.unit === undefined ? '' : UNITS[family.unit],
  };
  if (family.kind === 'histogram') {
    const dataPoints = family.samples.map((sample) => histogramPoint(sample, context));
    return { ...head, histogram: { dataPoints, aggregationTemporality: CUMULATIVE } };
  }
  const dataPoints = family.samples.map((sample) => numberPoint(sample, context));
  return family.kind === 'counter'
    ? { ...head, sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true } }
    : { ...head, gauge: { dataPoints } };
}

function numberPoint({ labels, value }: Labelled, context: OtlpContext): NumberDataPoint {
  return { ...pointHead(labels, context), asDouble: value };
}

function histogramPoint(sample: Distribution, context: OtlpContext): HistogramDataPoint {
  const { labels, bounds, upTo, count, sum, min, max } = sample;
  // Buckets of OTLP hold what lies between two bounds, those of Prometheus all below one.
  const ends = [...upTo, count];
  const bucketCounts = ends.map((end, at) => String(end - (ends[at - 1] ?? 0)));
  return {
    ...pointHead(labels, context),
    count: String(count),
    sum,
    bucketCounts,
    explicitBounds: bounds,
    ...(min === null ? {} : { min }),
    ...(max === null ? {} : { max }),
  };
}

function pointHead(labels: Labels, { startUnixNs, nowUnixNs }: OtlpContext): PointHead {
  return {
    attributes: attributesOf(labels),
    startTimeUnixNano: String(startUnixNs),
    timeUnixNano: String(nowUnixNs),
  };
}

function attributesOf(labels: Labels): KeyValue[] {
  return Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: value } }));
}
