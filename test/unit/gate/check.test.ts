import { describe, expect, it } from 'vitest';
import { checkGates, unmeasurable } from '../../../src/gate/check.ts';
import { measurableOf } from '../../../src/gate/measurable.ts';
import { parseGates } from '../../../src/gate/parse.ts';

const publishing = measurableOf({
  load: { model: 'open' },
  workloads: { publish: {} },
  phases: [
    { name: 'low', duration: 10_000 },
    { name: 'high', duration: 10_000 },
  ],
});
const querying = measurableOf({
  load: { model: 'open' },
  workloads: { query: { filters: [{ name: 'home-feed' }] } },
  phases: [{ name: 'steady', duration: 10_000 }],
});
const closed = measurableOf({
  load: { model: 'closed' },
  workloads: { publish: {} },
  phases: [{ name: 'steady', duration: 10_000 }],
});

function problem(expression: string, run: typeof publishing): string | null {
  const [gate] = parseGates([expression]);
  if (gate === undefined) throw new Error('no gate');
  return unmeasurable(gate, run);
}

describe('unmeasurable', () => {
  it.each([
    'ack_latency p95 < 1s',
    'ack_latency_service{phase=high} p95 < 1s',
    'reject_latency count == 0',
    'connect_latency p95 < 1s',
    'connect_ratio >= 100%',
    'achieved_rate_ratio >= 99%',
    'send_lag p99 < 5ms',
    'events_rejected == 0',
    'notices == 0',
  ])('is null for "%s" in a run that publishes', (expression) => {
    expect(problem(expression, publishing)).toBeNull();
  });

  it.each([
    ['eose_latency p95 < 1s', 'eose_latency needs a query workload, which the scenario does not have'],
    ['query_ratio == 1', 'query_ratio needs a query workload, which the scenario does not have'],
    ['queries_timeout == 0', 'queries_timeout needs a query workload, which the scenario does not have'],
    [
      'delivery_last_latency p95 < 1s',
      'delivery_last_latency needs a subscribe workload, which the scenario does not have',
    ],
    [
      'deliveries_missing == 0',
      'deliveries_missing needs a subscribe workload, which the scenario does not have',
    ],
    [
      'ack_latency{phase=hihg} p95 < 1s',
      'the scenario has no phase "hihg" (did you mean "high"?): use low, high',
    ],
    ['ack_latency{phase=warm-up} p95 < 1s', 'the scenario has no phase "warm-up": use low, high'],
  ])('says why a run that publishes can not measure "%s"', (expression, expected) => {
    expect(problem(expression, publishing)).toBe(expected);
  });

  it('knows the filters of the scenario', () => {
    expect(problem('eose_latency{filter=home-feed} p95 < 1s', querying)).toBeNull();
    expect(problem('eose_latency{filter=feed} p95 < 1s', querying)).toBe(
      'the scenario has no filter "feed": use home-feed',
    );
  });

  it('knows the regions of the target, and one label at a time', () => {
    const load = { model: 'open' } as const;
    const scenario = {
      ...{ load, workloads: { query: { filters: [{ name: 'home-feed' }] } } },
      phases: [{ name: 'steady', duration: 10_000 }],
    };
    const regional = measurableOf(scenario, { regions: ['near', 'far'] });
    expect(problem('eose_latency{region=far} p95 < 1s', regional)).toBeNull();
    expect(problem('eose_latency{region=far} p95 < 1s', querying)).toBe('the scenario has no region "far"');
    expect(problem('eose_latency{filter=home-feed,region=far} p95 < 1s', regional)).toBe(
      'filter and region are not told together: name one of them',
    );
  });

  it.each(['send_lag p99 < 5ms', 'achieved_rate_ratio >= 99%'])(
    'refuses "%s" in the closed model',
    (expression) => {
      expect(problem(expression, closed)).toMatch(/needs publish or query in the open load model$/);
    },
  );
});

it('measures connections only where nothing is sent', () => {
  const run = measurableOf({
    load: { model: 'open' },
    workloads: {},
    phases: [{ name: 'storm', duration: 10_000 }],
  });
  expect(run.latencies).toEqual(['connect_latency', 'connect_latency_service', 'auth_latency']);
  expect(problem('achieved_rate_ratio >= 99%', run)).toMatch(/needs publish or query/);
});

describe('checkGates', () => {
  it('accepts gates that the run can measure', () => {
    expect(() => checkGates(parseGates(['ack_ratio >= 99%']), publishing)).not.toThrow();
  });

  it('reports every gate that it can not', () => {
    const gates = parseGates(['query_ratio >= 99%', 'ack_ratio >= 99%', 'delivery_ratio >= 99%']);
    expect(() => checkGates(gates, publishing)).toThrowError(
      expect.objectContaining({
        code: 'GATE_INVALID',
        message: [
          'gate "query_ratio >= 99%": query_ratio needs a query workload, which the scenario does not have',
          'gate "delivery_ratio >= 99%": delivery_ratio needs a subscribe workload, which the scenario does not have',
        ].join('\n'),
      }),
    );
  });
});
