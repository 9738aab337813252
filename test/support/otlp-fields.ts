/**
 * The messages of opentelemetry-proto that a request to `/v1/metrics` may hold (opentelemetry/proto/{metrics,common,resource}/v1 as
 * of August 2026), each with its fields in the lowerCamelCase of OTLP's JSON encoding: the message that a field holds, or how its
 * values look there. 64-bit integers are decimal strings, enums integers.
 */
const INT64 = /^"\d+"$/;
const DOUBLE = /^-?\d+(\.\d+)?(e[-+]?\d+)?$/;
const TEXT = /^".*"$/s;
const ENUM = /^\d+$/;
const BOOL = /^(true|false)$/;

type Field = string | RegExp;

const MESSAGES: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  ExportMetricsServiceRequest: { resourceMetrics: 'ResourceMetrics' },
  ResourceMetrics: { resource: 'Resource', scopeMetrics: 'ScopeMetrics', schemaUrl: TEXT },
  Resource: { attributes: 'KeyValue', droppedAttributesCount: ENUM },
  ScopeMetrics: { scope: 'InstrumentationScope', metrics: 'Metric', schemaUrl: TEXT },
  InstrumentationScope: {
    name: TEXT,
    version: TEXT,
    attributes: 'KeyValue',
    droppedAttributesCount: ENUM,
  },
  Metric: {
    name: TEXT,
    description: TEXT,
    unit: TEXT,
    gauge: 'Gauge',
    sum: 'Sum',
    histogram: 'Histogram',
    metadata: 'KeyValue',
  },
  Gauge: { dataPoints: 'NumberDataPoint' },
  Sum: { dataPoints: 'NumberDataPoint', aggregationTemporality: ENUM, isMonotonic: BOOL },
  Histogram: { dataPoints: 'HistogramDataPoint', aggregationTemporality: ENUM },
  NumberDataPoint: {
    attributes: 'KeyValue',
    startTimeUnixNano: INT64,
    timeUnixNano: INT64,
    asDouble: DOUBLE,
    asInt: INT64,
    flags: ENUM,
  },
  HistogramDataPoint: {
    attributes: 'KeyValue',
    startTimeUnixNano: INT64,
    timeUnixNano: INT64,
    count: INT64,
    sum: DOUBLE,
    bucketCounts: INT64,
    explicitBounds: DOUBLE,
    flags: ENUM,
    min: DOUBLE,
    max: DOUBLE,
  },
  KeyValue: { key: TEXT, value: 'AnyValue' },
  AnyValue: { stringValue: TEXT, boolValue: BOOL, intValue: INT64, doubleValue: DOUBLE },
};

/** What a value has that the message has not, or otherwise; one sentence each. */
export function otlpProblems(value: unknown, message = 'ExportMetricsServiceRequest'): string[] {
  if (typeof value !== 'object' || value === null) return [`${message}: is ${JSON.stringify(value)}`];
  const fields = new Map(Object.entries(MESSAGES[message] ?? {}));
  return Object.entries(value).flatMap(([key, held]) => {
    const field = fields.get(key);
    if (field === undefined) return [`${message} has no field ${key}`];
    const all: readonly unknown[] = Array.isArray(held) ? held : [held];
    return all.flatMap((one) => {
      if (typeof field === 'string') return otlpProblems(one, field);
      const text = JSON.stringify(one);
      return field.test(text) ? [] : [`${message}.${key} is ${text}`];
    });
  });
}
