import { describe, expect, it } from 'vitest';
import { otlpRequest } from '../../../src/telemetry/otlp.ts';
import { familiesOf } from '../../../src/telemetry/view.ts';
import { otlpProblems } from '../../support/otlp-fields.ts';
import { SAMPLE_NAMES, sampleRecord } from '../../support/sample-record.ts';

const CONTEXT = {
  resource: { 'service.name': 'relay-bench' },
  version: '1.2.3',
  startUnixNs: 1_764_000_000_000_000_000n,
  nowUnixNs: 1_764_000_005_000_000_001n,
};

/** As a receiver gets it. */
function received(name: (typeof SAMPLE_NAMES)[number]) {
  const text = JSON.stringify(otlpRequest(familiesOf(sampleRecord(name), true), CONTEXT));
  return JSON.parse(text);
}

const metricsOf = (request: ReturnType<typeof received>) =>
  new Map<string, Record<string, never>>(
    request.resourceMetrics[0].scopeMetrics[0].metrics.map((metric: { name: string }) => [
      metric.name,
      metric,
    ]),
  );

describe('a request over OTLP', () => {
  it.each(SAMPLE_NAMES)('of the %s run has the fields of opentelemetry-proto and no others', (name) => {
    expect(otlpProblems(received(name))).toEqual([]);
  });

  it('says whose numbers they are', () => {
    const [{ resource, scopeMetrics }] = received('pass').resourceMetrics;
    expect(resource.attributes).toEqual([{ key: 'service.name', value: { stringValue: 'relay-bench' } }]);
    expect(scopeMetrics[0].scope).toEqual({ name: 'relay-bench', version: '1.2.3' });
  });

  it('has counters as monotonic sums since the start', () => {
    expect(metricsOf(received('pass')).get('relaybench_events_sent')).toEqual({
      name: 'relaybench_events_sent',
      description: 'EVENT messages written',
      unit: '',
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: [
          {
            attributes: [],
            startTimeUnixNano: '1764000000000000000',
            timeUnixNano: '1764000005000000001',
            asDouble: 2_000,
          },
        ],
      },
    });
  });

  it('has latencies as histograms whose buckets hold all samples once', () => {
    const record = sampleRecord('pass');
    const { unit, histogram } = metricsOf(received('pass')).get('relaybench_ack_latency') as never as {
      unit: string;
      histogram: {
        aggregationTemporality: number;
        dataPoints: {
          count: string;
          sum: number;
          min: number;
          max: number;
          bucketCounts: string[];
          explicitBounds: number[];
        }[];
      };
    };
    const [point] = histogram.dataPoints;
    expect(unit).toBe('s');
    expect(histogram.aggregationTemporality).toBe(2);
    expect(point?.bucketCounts).toHaveLength((point?.explicitBounds.length ?? 0) + 1);
    expect(point?.bucketCounts.reduce((sum, count) => sum + Number(count), 0)).toBe(Number(point?.count));
    expect(Number(point?.count)).toBe(record.metrics['ack_latency']?.count);
    expect(point?.max).toBeCloseTo((record.metrics['ack_latency']?.max_us ?? 0) / 1e6, 9);
  });

  it('has gauges with their labels as attributes', () => {
    const gates = metricsOf(received('pass')).get('relaybench_gate_ok') as never as {
      gauge: { dataPoints: { asDouble: number; attributes: unknown }[] };
    };
    expect(gates.gauge.dataPoints[0]).toMatchObject({
      asDouble: 1,
      attributes: [{ key: 'gate', value: { stringValue: 'ack_latency p95 < 100ms' } }],
    });
  });
});
