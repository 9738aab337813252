import { metricKind } from '../../metric/catalogue.ts';
import { operatorOf } from '../../record/margin.ts';
import type { GateResult } from '../../record/schema.ts';
import { gateActual, gateBeside, gateValue, number } from '../quantity.ts';

/** `ack_latency p95 < 100ms was 125 ms, 25.0 ms over; close: 98.0 ms to 140 ms`, for the headline and for annotations. */
export function gateSentence(gate: GateResult): string {
  if (gate.verdict === 'no-data') return `${gate.expression} had no data (${gate.reason ?? 'not measured'})`;
  if (gate.verdict === 'undecided')
    return `${gate.expression} is undecided: ${gate.reason ?? marginText(gate)}`;
  const margin = marginAndCloseness(gate);
  return `${gate.expression} was ${gateActual(gate)}${margin === '' ? '' : `, ${margin}`}`;
}

/** By how much, and where the percentile lies at 95 % if the limit lies there too. */
export function marginAndCloseness(gate: GateResult): string {
  const { close, interval: drift, about } = gate;
  if (drift !== undefined && about !== undefined)
    return `${marginText(gate)}; ${about}: ${sideText(gate, drift.low)} to ${sideText(gate, drift.high)}`;
  if (close === undefined) return marginText(gate);
  const low = gateBeside(gate, close.low);
  const interval = close.high === null ? `${low} or more` : `${low} to ${gateBeside(gate, close.high)}`;
  return [marginText(gate), `close: ${interval}`].filter((part) => part !== '').join('; ');
}

function sideText(gate: GateResult, value: number | null): string {
  return value === null ? 'open' : gateBeside(gate, value);
}

/** By how much, in words; empty where an equality holds. */
export function marginText(gate: GateResult): string {
  const margin = gate.margin ?? null;
  const operator = operatorOf(gate.expression);
  if (margin === null || operator === null) return '';
  if (operator === '==' || operator === '!=')
    return gate.verdict === 'pass' ? '' : `off by ${distance(gate, margin)}`;
  if (margin === 0) return gate.verdict === 'pass' ? 'exactly met' : 'exactly at the limit';
  if (margin > 0) return `${distance(gate, margin)} to spare`;
  return `${distance(gate, margin)} ${operator.startsWith('<') ? 'over' : 'short'}`;
}

function distance(gate: GateResult, margin: number): string {
  const size = Math.abs(margin);
  if (gate.unit === '%') return points(size);
  return gate.unit === '' && metricKind(gate.metric) === 'ratio' ? points(size * 100) : gateValue(gate, size);
}

/** Percentage points. */
function points(value: number): string {
  return `${number(value)} ${value === 1 ? 'point' : 'points'}`;
}
