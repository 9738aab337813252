import * as z from 'zod';
import { RelayBenchError } from '../base/errors.ts';
import { own } from '../base/own.ts';
import { type CounterMapMetric, counterMapDefinition } from '../metric/counter-maps.ts';
import type { CounterMetric } from '../metric/counters.ts';
import type { GateResult, RunRecord } from '../record/schema.ts';
import { readAudit } from './audit.ts';
import { decide, holds } from './bounds.ts';
import { unmeasurable } from './check.ts';
import { closeInterval, closeOf } from './close.ts';
import { evaluateDrift } from './drift.ts';
import { formatGate, type Gate, type GateUnit } from './expression.ts';
import { countOf, readLatency } from './latency.ts';
import { type Measurable, measurableOf } from './measurable.ts';
import { parseGates } from './parse.ts';
import type { LowerBound, Reading } from './reading.ts';
import { withinResolution } from './resolution.ts';
import { readWindows } from './windows.ts';

/** Microseconds, ratios and rates in one base unit → the unit of the limit. */
const DIVISOR: Readonly<Record<GateUnit, number>> = {
  us: 1,
  ms: 1e3,
  s: 1e6,
  '%': 0.01,
  '%/h': 0.01,
  '/s': 1,
  '': 1,
};

/** Of `scenario.resolved`: what decides which metrics the run could produce. */
const measuredScenario = z.object({
  load: z.object({ model: z.enum(['open', 'closed']) }),
  connections: z.object({ reconnect: z.unknown().optional() }).optional(),
  corpus: z.object({ profile: z.string().optional(), file: z.string().optional() }).optional(),
  workloads: z.record(z.string(), z.unknown()),
  phases: z.array(z.object({ name: z.string(), duration: z.number() })),
  faults: z.array(z.unknown()).optional(),
});

/**
 * What the run of a record could give numbers for.
 * @throws RelayBenchError `RECORD_INVALID` where the resolved scenario is missing from the record
 */
export function measurableOfRecord(record: RunRecord): Measurable {
  try {
    return measurableOf(measuredScenario.parse(record.scenario.resolved), {
      relayProcesses: record.target.relayProcesses,
      regions: record.regions?.each.map(({ name }) => name),
    });
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    throw new RelayBenchError('"scenario.resolved" of the run record is not a scenario', {
      code: 'RECORD_INVALID',
      hint: 'the file was edited or cut; use the original run.json',
      cause,
    });
  }
}

/**
 * Judges a finished run by its record alone. A percentile that the record leaves out because too few samples
 * lie above it is no data, even though the stored histogram would give some number: a gate must not rest on
 * chance. No data never passes. A latency is judged by its bounds, see {@link decide}; everything else by its value.
 * @throws RelayBenchError `GATE_INVALID` where an expression is malformed
 */
export function evaluateGates(record: RunRecord, expressions: readonly string[]): GateResult[] {
  const run = measurableOfRecord(record);
  return parseGates(expressions).map((gate) => {
    if (gate.kind === 'drift') return evaluateDrift(gate, record, run);
    const reading = withinResolution(gate, read(gate, record, run), record);
    return { ...resultOf(gate, reading), ...closeness(gate, reading, record) };
  });
}

/** What marks a gate whose limit lies in the interval of its percentile; its verdict stays what it is. */
function closeness(gate: Gate, reading: Reading, record: RunRecord): Pick<GateResult, 'close'> {
  if ('reason' in reading) return {};
  const limit_us = gate.limit * DIVISOR[gate.unit];
  const interval = closeInterval({ value_us: reading.value, limit_us }, gate, record);
  return closeOf(interval, (value_us) => inUnit(value_us, gate.unit));
}

function resultOf(gate: Gate, reading: Reading): GateResult {
  const { metric, aggregation, limit, unit } = gate;
  const head = {
    expression: formatGate(gate),
    metric,
    aggregation,
    limit,
    unit,
  };
  if ('reason' in reading) return { ...head, actual: null, verdict: 'no-data', reason: reading.reason };
  const actual = inUnit(reading.value, unit);
  if (reading.bounds === undefined)
    return { ...head, actual, verdict: holds(gate.operator, actual, limit) ? 'pass' : 'fail' };
  const { service_us, loopDelay_us } = reading.bounds;
  const least = inUnit(Math.max(0, service_us - loopDelay_us), unit);
  const verdict = decide(gate.operator, limit, { least, most: actual });
  const result = { ...head, actual, actualService: inUnit(service_us, unit), verdict };
  return verdict === 'undecided'
    ? { ...result, reason: whyUndecided(reading.value, reading.bounds) }
    : result;
}

/** Twelve digits: 0.57 × 100 is 56.99999999999999 in binary and must not miss a limit of 57 %. */
function inUnit(value: number, unit: GateUnit): number {
  return Number((value / DIVISOR[unit]).toPrecision(12));
}

function whyUndecided(value_us: number, { service_us, loopDelay_us }: LowerBound): string {
  const ms = (us: number): string => `${Number((us / 1_000).toPrecision(3))} ms`;
  return `${ms(value_us)} from the schedule, ${ms(service_us)} from the write, and the generator's event loop was late by up to ${ms(loopDelay_us)}`;
}

function read(gate: Gate, record: RunRecord, run: Measurable): Reading {
  const reason = unmeasurable(gate, run);
  if (reason !== null) return { reason };
  switch (gate.kind) {
    case 'latency':
      return readLatencyOrCount(gate, record);
    case 'ratio': {
      const value = own(record.ratios, gate.metric) ?? null;
      return value === null
        ? { reason: own(record.notMeasured, gate.metric) ?? 'nothing was counted' }
        : { value };
    }
    case 'counter':
      return readCount(gate, record.counters[gate.metric as CounterMetric], record);
    case 'counter-map':
      return readWordCount(gate, record);
    case 'audit':
      return readAudit(gate, record);
    case 'drift':
      throw new Error('a drift is judged by its interval');
  }
}

function readLatencyOrCount(gate: Gate, record: RunRecord): Reading {
  if (gate.over_s !== undefined) return readWindows(gate, gate.over_s, record);
  if (gate.aggregation !== 'count' && gate.aggregation !== 'rate') return readLatency(gate, record);
  const count = countOf(gate, record);
  return 'reason' in count ? count : readCount(gate, count.value, record);
}

function readCount(gate: Gate, count: number, record: RunRecord): Reading {
  if (gate.aggregation !== 'rate') return { value: count };
  const seconds = record.load.measured_s;
  return seconds > 0 ? { value: count / seconds } : { reason: 'no measured phase ran' };
}

/** Nothing was found where nothing was looked at. */
function readWordCount(gate: Gate, record: RunRecord): Reading {
  const { needs } = counterMapDefinition(gate.metric as CounterMapMetric);
  if (needs !== undefined && record.counters[needs.counter as CounterMetric] === 0)
    return { reason: needs.reason };
  return readCount(gate, mapTotal(gate, record), record);
}

function mapTotal(gate: Gate, record: RunRecord): number {
  const entries = record.counters[gate.metric as CounterMapMetric];
  const [wanted] = Object.values(gate.labels);
  if (wanted !== undefined) return own(entries, wanted) ?? 0;
  return Object.values(entries).reduce((sum, count) => sum + count, 0);
}
