import { metricKind } from '../../metric/catalogue.ts';
import type { GateResult } from '../../record/schema.ts';

/** How far beyond its limit a gate is, as a share of it; no data is worse than any number. */
export function severity({ verdict, margin, limit, metric, unit }: GateResult): number {
  if (verdict === 'no-data' || margin == null) return Number.POSITIVE_INFINITY;
  // A ratio of 90 % where 99 % are asked for has lost ten times what it may.
  const room = metricKind(metric) === 'ratio' ? (unit === '%' ? 100 : 1) - limit : limit;
  return Math.abs(margin) / Math.max(room, Number.EPSILON);
}

const FIRST = ['fail', 'no-data', 'undecided', 'pass'] as const;

/** In the order in which they are read: what failed first, of those what the user asked for before the default gates. */
export function inReadingOrder(gates: readonly GateResult[]): readonly GateResult[] {
  const rank = ({ verdict, own }: GateResult): number => 2 * FIRST.indexOf(verdict) + (own === true ? 0 : 1);
  return gates.toSorted((a, b) => rank(a) - rank(b));
}
