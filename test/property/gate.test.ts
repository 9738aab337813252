import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGGREGATIONS, formatGate, type Gate, IMPLIED } from '../../src/gate/expression.ts';
import { gateProblem, tryParseGate } from '../../src/gate/parse.ts';
import { allMetricNames, type MetricKind, metricKind } from '../../src/metric/catalogue.ts';

const operators = ['<', '<=', '>', '>=', '==', '!='] as const;
/** Numbers as a person writes them, up to nine decimals. */
const number = fc
  .tuple(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 9 }))
  .map(([digits, decimals]) => Number(`${digits}e-${decimals}`).toFixed(decimals));
const space = fc.constantFrom(' ', '  ', '\t');

const LABELS: Partial<Record<MetricKind, readonly string[]>> = {
  latency: ['', '{phase=steady}', '{ phase = a-b }'],
  drift: ['{of=ack_latency}', '{ of = eose_latency }'],
};

function unitsOf(kind: MetricKind, aggregation: string): readonly string[] {
  if (kind === 'drift') return ['%/h'];
  if (aggregation === 'rate') return ['/s'];
  if (kind === 'ratio') return ['%'];
  return kind === 'latency' && aggregation !== 'count' ? ['us', 'ms', 's'] : [''];
}

/** Any gate that the grammar and the catalogue allow, as it might be written. */
const written = fc
  .constantFrom(...allMetricNames())
  .chain((metric) => {
    const kind = metricKind(metric) ?? 'counter';
    const aggregations = [...AGGREGATIONS[kind], ...(IMPLIED[kind] === null ? [] : [''])];
    return fc.record({
      metric: fc.constant(metric),
      kind: fc.constant(kind),
      aggregation: fc.constantFrom(...aggregations),
    });
  })
  .chain(({ metric, kind, aggregation }) => {
    const units = unitsOf(kind, aggregation);
    const label = fc.constantFrom(...(LABELS[kind] ?? ['']));
    const operator = fc.constantFrom(...operators.slice(0, kind === 'drift' ? 2 : operators.length));
    const hasWindows = kind === 'latency' && !metric.endsWith('_service');
    const windows = hasWindows ? fc.constantFrom('', ' over 1s', '  over  2m') : fc.constant('');
    return fc
      .tuple(label, space, operator, space, number, fc.constantFrom(...units), windows)
      .map(
        ([braces, before, op, after, limit, unit, over]) =>
          `${metric}${braces}${before}${aggregation}${before}${op}${after}${limit}${unit}${/[<>]/.test(op) ? over : ''}`,
      );
  });

/** Any UTF-16 unit, lone surrogates included. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

/** A gate with something foreign in it. */
const damaged = fc
  .tuple(written, fc.nat(40), fc.string({ maxLength: 3 }))
  .map(([text, at, foreign]) => text.slice(0, at) + foreign + text.slice(at));

function parsed(text: string): Gate {
  const result = tryParseGate(text);
  if ('problem' in result) throw new Error(`${text}: ${result.problem}`);
  return result.gate;
}

describe('gate grammar', { timeout: 60_000 }, () => {
  it('reads its own canonical text as the same gate', async () => {
    await fc.assert(
      fc.property(written, (text) => {
        const gate = parsed(text);
        expect(parsed(formatGate(gate))).toEqual(gate);
      }),
    );
  });

  it('writes one canonical text for a gate, however it was spaced', async () => {
    await fc.assert(
      fc.property(written, (text) => {
        const once = formatGate(parsed(text));
        expect(formatGate(parsed(once))).toBe(once);
        expect(once).not.toMatch(/ {2}|\t|e-/);
      }),
    );
  });

  it('never throws, whatever the text', async () => {
    await fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: anyUnit }), damaged), (text) => {
        const problem = gateProblem(text);
        expect(problem === null || problem.length > 0).toBe(true);
      }),
    );
  });
});
