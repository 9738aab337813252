import { describe, expect, it } from 'vitest';
import { allMetricNames, LATENCY_NAMES } from '../../../src/metric/catalogue.ts';
import { COUNTER_MAP_NAMES, COUNTER_MAPS } from '../../../src/metric/counter-maps.ts';
import { COUNTER_NAMES, COUNTERS } from '../../../src/metric/counters.ts';
import { RATIOS } from '../../../src/metric/ratios.ts';
import { type Family, prometheusName } from '../../../src/telemetry/family.ts';
import { familiesOf } from '../../../src/telemetry/view.ts';
import { SAMPLE_NAMES, sampleRecord } from '../../support/sample-record.ts';

const record = sampleRecord('fail');
const families = familiesOf(record, true);
const named = (name: string, all = families): Family => {
  const family = all.find((each) => prometheusName(each) === name);
  if (family === undefined) throw new Error(`no ${name}`);
  return family;
};
const numbers = (name: string, all = families): Record<string, number> => {
  const family = named(name, all);
  if (family.kind === 'histogram') throw new Error(`${name} is a histogram`);
  return Object.fromEntries(
    family.samples.map(({ labels, value }) => [Object.values(labels).join(' ') || 'all', value]),
  );
};

describe('what is told of a finished run', () => {
  it('has every counter of the record with its value, and the words of the catalogue', () => {
    for (const name of COUNTER_NAMES) {
      expect(numbers(`relaybench_${name}_total`), name).toEqual({ all: record.counters[name] });
      expect(named(`relaybench_${name}_total`).help).toBe(COUNTERS[name].description);
    }
    for (const name of COUNTER_MAP_NAMES) {
      expect(numbers(`relaybench_${name}_total`), name).toEqual(record.counters[name]);
      expect(named(`relaybench_${name}_total`).help).toBe(COUNTER_MAPS[name].description);
    }
  });

  it('has every percentile of the record, in seconds', () => {
    const ack = record.metrics['ack_latency'];
    const quantiles = numbers('relaybench_ack_latency_quantile_seconds');
    expect(quantiles['0.95']).toBeCloseTo((ack?.p95_us ?? 0) / 1e6, 9);
    expect(quantiles['0.5']).toBeCloseTo((ack?.p50_us ?? 0) / 1e6, 9);
    expect(quantiles['1']).toBeCloseTo((ack?.max_us ?? 0) / 1e6, 9);
  });

  it('leaves out percentiles on too few samples, which the record has not either', () => {
    expect(record.metrics['connect_latency']?.p95_us).toBeNull();
    expect(numbers('relaybench_connect_latency_quantile_seconds')).not.toHaveProperty('0.95');
  });

  it('has every latency as a histogram of all its samples', () => {
    for (const name of LATENCY_NAMES.filter((each) => record.metrics[each] !== undefined)) {
      const family = named(`relaybench_${name}_seconds`);
      if (family.kind !== 'histogram') throw new Error(`${name} is no histogram`);
      const [whole] = family.samples;
      const summary = record.metrics[name];
      expect(whole).toMatchObject({ labels: {}, count: summary?.count });
      expect(whole?.sum).toBeCloseTo(((summary?.mean_us ?? 0) * (summary?.count ?? 0)) / 1e6, 6);
      expect(whole?.upTo.at(-1)).toBe(summary?.count);
      expect(whole?.bounds[0]).toBe(0.0005);
    }
  });

  it('tells series by filter, and none by phase', () => {
    const labels = named('relaybench_eose_latency_seconds').samples.map((sample) => sample.labels);
    expect(labels).toEqual([{}, { filter: 'home-feed' }, { filter: 'profile' }]);
  });

  it('has every ratio that was measured', () => {
    const told = Object.keys(RATIOS).filter((name) => record.ratios[name] != null);
    expect(told.length).toBeGreaterThan(3);
    for (const name of told) expect(numbers(`relaybench_${name}`)).toEqual({ all: record.ratios[name] });
  });

  it('has what was offered and achieved', () => {
    const { offered, achieved } = record.load;
    expect(numbers('relaybench_operations_offered_total')).toMatchObject({
      events: offered.events,
      queries: offered.queries,
    });
    expect(numbers('relaybench_operations_achieved_total')).toMatchObject({ events: achieved.events });
  });

  it('has each gate, and the verdict', () => {
    const holds = Object.fromEntries(
      record.gates.map(({ expression, verdict }) => [expression, verdict === 'pass' ? 1 : 0]),
    );
    expect(numbers('relaybench_gate_ok')).toEqual(holds);
    expect(numbers('relaybench_verdict')).toEqual({ pass: 0, fail: 1, invalid: 0 });
    const undecided = numbers('relaybench_gate_undecided', familiesOf(sampleRecord('undecided'), true));
    expect(undecided['ack_latency p95 < 100ms']).toBe(1);
    expect(undecided['eose_latency p95 < 100ms']).toBe(0);
  });

  it('has connections and the state of the generator', () => {
    expect(numbers('relaybench_connections')).toEqual(record.load.connections);
    expect(numbers('relaybench_generator_event_loop_delay_seconds')['0.99']).toBe(
      (record.generator.eventLoopDelay_us.p99_us ?? 0) / 1e6,
    );
    expect(numbers('relaybench_generator_memory_max_bytes')).toEqual({ all: record.generator.rssMax_bytes });
  });

  it('names everything by the catalogue, or as what the run itself is', () => {
    const own = /^(operations_|connections|last_second_|generator_|gate_|verdict|phase|started_)/;
    const known = allMetricNames();
    const strangers = families
      .map(({ name }) => name.replace(/_quantile$/, ''))
      .filter((name) => !known.includes(name) && !own.test(name));
    expect(strangers).toEqual([]);
  });

  it.each(SAMPLE_NAMES)('has no name twice, and every sample of the %s run is a number', (name) => {
    const all = familiesOf(sampleRecord(name), true);
    const names = all.map(prometheusName);
    expect(new Set(names).size).toBe(names.length);
    for (const family of all) {
      for (const sample of family.samples)
        expect(Number.isFinite('value' in sample ? sample.value : sample.sum)).toBe(true);
    }
  });
});

describe('what is told of a run that goes on', () => {
  const going = familiesOf(record, false);

  it('has no verdict, and no ratio of which only the end tells', () => {
    const names = going.map(prometheusName);
    expect(names).not.toContain('relaybench_verdict');
    expect(names).not.toContain('relaybench_achieved_rate_ratio');
    expect(names).toContain('relaybench_ack_ratio');
  });

  it('counts as offered what was due so far, not what the plan has in all', () => {
    const begun = {
      ...record,
      counters: { ...record.counters, events_sent: 7, events_unsent: 2, events_dropped: 1 },
    };
    const told = numbers('relaybench_operations_offered_total', familiesOf(begun, false));
    expect(told['events']).toBe(10);
  });

  it('tells the last second and its phase', () => {
    const phase = record.load.phases.at(-1)?.name ?? '';
    const intervals = record.intervals.map((row) => ({ ...row, phase }));
    const last = intervals.at(-1);
    const told = familiesOf({ ...record, intervals }, false);
    expect(numbers('relaybench_last_second_operations', told)).toMatchObject({
      offered: last?.offered,
      sent: last?.sent,
      acked: last?.acked,
    });
    expect(numbers('relaybench_phase', told)).toMatchObject({ [phase]: 1, drain: 0 });
    expect(numbers('relaybench_connections_open', told)).toEqual({ all: last?.connections });
  });
});

describe('labels', () => {
  const id = 'c0ffee'.repeat(11).slice(0, 64);
  const telling = {
    ...record,
    counters: {
      ...record.counters,
      events_rejected: { [id]: 2, [`note1${'q'.repeat(58)}`]: 1, blocked: 4 },
      connection_errors: { [`no ${id}`]: 1 },
    },
    gates: record.gates.map((gate) => ({ ...gate, expression: `eose_latency{filter=${id}} p95 < 1s` })),
    metrics: { ...record.metrics, [`eose_latency{filter=${id}}`]: record.metrics['eose_latency'] },
  } as typeof record;

  it('never carry a key or an event id, whatever a relay or a scenario calls things', () => {
    const values = familiesOf(telling, true).flatMap((family) =>
      family.samples.flatMap(({ labels }) => Object.values(labels)),
    );
    expect(values.length).toBeGreaterThan(100);
    expect(values.filter((value) => /[0-9a-f]{16}|n(?:ote|pub|event)1/i.test(value))).toEqual([]);
    expect(values).toContain('***');
  });
});
