import { buildCapacity, trialsOf } from '../../src/capacity/build.ts';
import { combineSearches, type RelaySearch } from '../../src/capacity/over-relays.ts';
import type { Capacity, CapacityStep } from '../../src/capacity/schema.ts';
import { nextStep } from '../../src/capacity/search.ts';
import { gateResult } from './sample-record.ts';

const SEARCH = { start: 125, tolerance: 0.05, least: 1, most: 1_000_000, whole: false };

/** A step at a rate: latency grows without bound towards `limit`, beyond which the gate breaks. */
export function sampleStep(
  rate_per_s: number,
  changes: Partial<CapacityStep> = {},
  limit = 300,
): CapacityStep {
  const held = rate_per_s <= limit;
  const mean_us = held ? Math.round(3_333 / (1 - rate_per_s / (limit * 1.02))) : 400_000;
  return {
    number: 1,
    why: 'bisect',
    rate_per_s,
    connections: 100,
    verdict: held ? 'held' : 'broken',
    reason: held ? '' : 'ack_latency p95 < 100ms',
    failed: held ? [] : [gateResult('ack_latency p95 < 100ms', 412, false)],
    runId: `run-${rate_per_s}`,
    file: `steps/01-${rate_per_s}-100/run.json`,
    measured_s: 10,
    offered_per_s: rate_per_s,
    achieved_per_s: Math.min(rate_per_s, limit),
    latencies: { ack_latency: { mean_us, p50_us: mean_us, p95_us: mean_us * 2, p99_us: mean_us * 3 } },
    coolDown: null,
    ...changes,
  };
}

/** The steps of a whole search against a relay that carries `limit` events/s. */
export function sampleSteps(limit = 300): readonly CapacityStep[] {
  const steps: CapacityStep[] = [];
  for (;;) {
    const next = nextStep(SEARCH, trialsOf(steps, 'rate'));
    if (next.kind === 'done') return steps;
    steps.push(sampleStep(next.level, { number: steps.length + 1, why: next.why }, limit));
  }
}

/** The document of such a search. */
export function sampleCapacity(changes: Partial<Parameters<typeof buildCapacity>[0]> = {}): Capacity {
  return buildCapacity({
    tool: '0.0.0',
    scenario: { name: 'publish', sha256: 'ab'.repeat(32) },
    target: { kind: 'url', name: 'ws://127.0.0.1:7777/', urls: ['ws://127.0.0.1:7777/'] },
    startedAt: '2026-01-02T03:04:05.000Z',
    duration_s: 150,
    of: 'rate',
    unit: 'events',
    arrivals: 'even',
    tolerance: 0.05,
    budget_s: 600,
    ended: 'tolerance',
    steps: sampleSteps(),
    scaling: null,
    caveats: [],
    ...changes,
  });
}

/** A search against a stack with so many relays whose limit lies between these; null for an end that is not known. */
export function sampleSearch(
  relays: number,
  [low, high]: readonly [number | null, number | null],
  changes: Partial<Parameters<typeof buildCapacity>[0]> = {},
): RelaySearch {
  const steps = [low, low, high, high].flatMap((level, at) =>
    level === null ? [] : [sampleStep(level, { number: at + 1 }, low ?? 0)],
  );
  const target = { kind: 'stack' as const, name: `stack scaled with ${relays}`, urls: [], relays };
  return { relays, found: sampleCapacity({ target, steps, ...changes }) };
}

/** The document of searches with 1, 2, … relays, which hold these rates and break at 4 % more. */
export function sampleOverRelays(rates: readonly number[]): Capacity {
  const searches = rates.map((rate, at) => sampleSearch(at + 1, [rate, rate * 1.04]));
  const found = combineSearches(searches);
  if (found === null) throw new Error('no search was given');
  return found;
}
