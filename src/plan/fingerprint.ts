import { createHash } from 'node:crypto';
import type { Scenario } from '../scenario/schema.ts';
import type { Plan } from './plan.ts';

/** SHA-256, in hex, of a resolved scenario: equal exactly where two runs were asked for the same load. */
export function scenarioSha256(scenario: Scenario): string {
  return createHash('sha256').update(canonicalJson(scenario)).digest('hex');
}

/** JSON with the keys of every object sorted, so that equal data is equal text. */
function canonicalJson(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/**
 * SHA-256, in hex, of what workers carry out: equal exactly where two plans are the same load. How it is judged, what is
 * said of it, and where a machine keeps its corpus is left out.
 */
export function planSha256(plan: Plan): string {
  const { gates, ownGates, keepSeconds, abort, asked, fitted, ...load } = plan;
  const { salt = '', times = null, present = new Set<number>(), work = 0 } = fitted ?? {};
  const { named } = load.corpus;
  const corpus = { ...load.corpus, named: named === null ? null : { ...named, file: null } };
  const kept = { ...load, corpus, fitted: { salt, times, present: [...present], work } };
  return createHash('sha256').update(canonicalJson(kept)).digest('hex');
}
