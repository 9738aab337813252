import type { DriftAggregation, DriftQuantity } from '../metric/drifts.ts';
import { allDrifts, type Drift, driftsOf, isTold, type Untold } from '../record/drift.ts';
import type { GateResult, RunRecord } from '../record/schema.ts';
import { unmeasurable } from './check.ts';
import { formatGate, type Gate } from './expression.ts';
import type { Measurable } from './measurable.ts';

/**
 * Judges a drift by its interval: it holds where even the upper end does, it is broken where even the lower end is. Between,
 * the run can't tell, which is no data and never passes: more hours would. Of several quantities the worst decides.
 */
export function evaluateDrift(gate: Gate, record: RunRecord, run: Measurable): GateResult {
  const { metric, aggregation, limit, unit } = gate;
  const head = { expression: formatGate(gate), metric, aggregation, limit, unit };
  const noData = (reason: string): GateResult => ({ ...head, actual: null, verdict: 'no-data', reason });
  const problem = unmeasurable(gate, run);
  if (problem !== null) return noData(problem);
  const found = lookedAt(gate, record);
  const told = found.filter(isTold);
  const broken = largest(told.filter(({ low }) => low !== null && !isWithin(gate, low)));
  if (broken !== undefined) return { ...head, ...figuresOf(broken), verdict: 'fail' };
  const open = told.find(({ high }) => high === null || !isWithin(gate, high));
  if (open !== undefined)
    return { ...noData(`${nameOf(open)}: ${whyOpen(open, gate)}`), ...intervalOf(open) };
  const untold = found.find((each): each is Untold => !isTold(each));
  if (untold !== undefined) return noData(`${nameOf(untold)}: ${untold.reason}`);
  const worst = largest(told);
  return worst === undefined
    ? noData('nothing was measured second by second')
    : { ...head, ...figuresOf(worst), verdict: 'pass' };
}

function lookedAt({ labels, aggregation }: Gate, record: RunRecord): readonly (Drift | Untold)[] {
  const { of } = labels;
  return of === undefined
    ? allDrifts(record)
    : driftsOf(record, of as DriftQuantity, aggregation as DriftAggregation);
}

function largest(drifts: readonly Drift[]): Drift | undefined {
  return drifts.toSorted((a, b) => b.perHour - a.perHour)[0];
}

/** @param share an hour */
function isWithin({ operator, limit }: Gate, share: number): boolean {
  const percent = inPercent(share);
  return operator === '<' ? percent < limit : percent <= limit;
}

function figuresOf(drift: Drift): Pick<GateResult, 'actual' | 'interval' | 'about'> {
  return { actual: inPercent(drift.perHour), ...intervalOf(drift), about: nameOf(drift) };
}

function intervalOf({ low, high }: Drift): Pick<GateResult, 'interval'> {
  const inUnit = (share: number | null): number | null => (share === null ? null : inPercent(share));
  return { interval: { low: inUnit(low), high: inUnit(high) } };
}

function inPercent(share: number): number {
  return Number((share * 100).toPrecision(6));
}

function nameOf({ of, component }: Pick<Drift, 'of' | 'component'>): string {
  return component === undefined ? of : `${of} of ${component}`;
}

/** An interval narrows with the time to the power of one and a half. */
function whyOpen({ low, high, perHour, span_s }: Drift, { limit }: Gate): string {
  const text = (share: number | null, open: string): string =>
    share === null ? open : `${Number(inPercent(share).toPrecision(3))}%/h`;
  const between = `between ${text(low, 'any fall')} and ${text(high, 'any rise')} at 95 %`;
  const room = Math.abs(limit / 100 - perHour);
  if (low === null || high === null || room === 0) return `${between}: measure longer`;
  const needed_s = span_s * ((high - low) / 2 / room) ** (2 / 3);
  return `${between}: measure about ${Math.ceil((1.1 * needed_s) / 60)} min`;
}
