import { own } from '../base/own.ts';
import { ACCOUNTS } from '../metric/accounts.ts';
import type { MetricSet } from '../metric/definition.ts';
import { METRIC_SETS } from '../metric/sets.ts';
import type { IntervalRow, RunRecord } from '../record/schema.ts';

/** What streams without books of their own count: connections that were opened. */
const OPENED = 'connections';

/** What the arrivals of a workload's stream are called: events, queries, … */
export function unitOf(workload: string): string {
  const sets: readonly MetricSet[] = METRIC_SETS;
  const own = sets.find((set) => set.workload?.name === workload);
  return own?.accounts[0]?.noun ?? OPENED;
}

/** Operations a second of the measured phases: offered, and answered well. */
export interface Rates {
  readonly offered_per_s: number;
  readonly achieved_per_s: number;
}

/** Where a second counts the good answers to operations of these sorts. */
const COLUMNS: Readonly<Record<string, 'acked' | 'completed'>> = { events: 'acked', queries: 'completed' };

/**
 * The rates of a unit in a run. What was achieved is what was answered within the measured seconds, not what was answered in the
 * end: a relay that is behind answers the rest when offering is over.
 */
export function ratesOf(run: Pick<RunRecord, 'load' | 'intervals'>, unit: string): Rates {
  const { load } = run;
  const account = ACCOUNTS.find(({ noun }) => noun === unit);
  const perSecond = (count: number): number => (load.measured_s > 0 ? count / load.measured_s : 0);
  const offered =
    account === undefined
      ? perSecond(measuredPhases(run).reduce((sum, phase) => sum + phase.offered, 0))
      : load.offered[`${account.noun}PerSecond`];
  const column = own(COLUMNS, unit);
  if (column !== undefined)
    return { offered_per_s: offered, achieved_per_s: perSecond(sumOf(run, (row) => row[column])) };
  if (account !== undefined)
    return { offered_per_s: offered, achieved_per_s: load.achieved[`${account.noun}PerSecond`] };
  const opened = sumOf(run, ({ latencies }) => latencies['connect_latency']?.count ?? 0);
  return { offered_per_s: offered, achieved_per_s: perSecond(opened) };
}

function measuredPhases({ load }: Pick<RunRecord, 'load'>): RunRecord['load']['phases'] {
  return load.phases.filter(({ kind }) => kind === 'measured');
}

/** Over the seconds of the measured phases; replies come in after the last one, too. */
function sumOf(run: Pick<RunRecord, 'load' | 'intervals'>, of: (row: IntervalRow) => number): number {
  const phases = measuredPhases(run);
  return run.intervals
    .filter(({ t }) => phases.some((phase) => t >= phase.start_s && t + 1 <= phase.end_s))
    .reduce((sum, row) => sum + of(row), 0);
}
