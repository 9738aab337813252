import { parseSeriesKey } from '../../metric/series.ts';
import type { GateResult, RunRecord } from '../../record/schema.ts';
import { rate } from '../quantity.ts';
import { type Cell, cell } from './document.ts';

type Phase = RunRecord['load']['phases'][number];
type Verdict = GateResult['verdict'];

/** Gates on single phases, by the name of the phase. */
function gatesOfPhases({ gates }: RunRecord): ReadonlyMap<string, readonly GateResult[]> {
  const byPhase = new Map<string, GateResult[]>();
  for (const gate of gates) {
    const phase = parseSeriesKey(gate.expression.split(' ', 1)[0] ?? '')?.labels['phase'];
    if (phase !== undefined) byPhase.set(phase, [...(byPhase.get(phase) ?? []), gate]);
  }
  return byPhase;
}

/** Whether any gate is about a single phase. */
export function hasPhaseGates(record: RunRecord): boolean {
  return gatesOfPhases(record).size > 0;
}

const CELLS: Readonly<Record<Verdict, Cell>> = {
  pass: cell('✓', 'good'),
  fail: cell('✗', 'bad'),
  undecided: cell('?', 'warn'),
  'no-data': cell('✗', 'bad'),
};

/** Whether all gates on a phase hold; a dash where it has none. */
export function phaseCell(record: RunRecord, phase: string): Cell {
  const gates = gatesOfPhases(record).get(phase);
  return gates === undefined ? cell('–') : CELLS[verdictOf(gates)];
}

function verdictOf(gates: readonly GateResult[]): Verdict {
  const verdicts = gates.map(({ verdict }) => verdict);
  return (['fail', 'no-data', 'undecided'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'pass';
}

interface Level {
  readonly phase: string;
  readonly perSecond: number;
  readonly gates: readonly GateResult[];
}

/**
 * Up to which level the gates on single phases hold, in one sentence; null where a run has no levels, or where nothing was
 * judged by phase. A level holds if it and every lower one do; phases without gates had too few operations to tell.
 */
export function holdsUpTo(record: RunRecord): string | null {
  const levels = levelsOf(record);
  if (new Set(levels.map(({ perSecond }) => perSecond)).size < 2) return null;
  const breaking = levels.find(({ gates }) => verdictOf(gates) !== 'pass');
  const holding = levels
    .filter(({ perSecond }) => breaking === undefined || perSecond < breaking.perSecond)
    .at(-1);
  const what = promiseOf(levels.flatMap(({ gates }) => gates));
  if (breaking === undefined) return `holds ${what} up to ${levelText(holding)}, its highest level`;
  const verdict = verdictOf(breaking.gates) === 'undecided' ? 'is undecided' : 'breaks';
  const next = `${verdict} at ${levelText(breaking)}`;
  return holding === undefined
    ? `${what} ${next}, its lowest level`
    : `holds ${what} up to ${levelText(holding)}, ${next}`;
}

function levelsOf(record: RunRecord): readonly Level[] {
  const byPhase = gatesOfPhases(record);
  return record.load.phases
    .flatMap(({ name, kind, offeredPerSecond }: Phase) => {
      const gates = byPhase.get(name);
      const isLevel = kind === 'measured' && offeredPerSecond !== undefined && gates !== undefined;
      return isLevel ? [{ phase: name, perSecond: offeredPerSecond, gates }] : [];
    })
    .sort((a, b) => a.perSecond - b.perSecond);
}

function levelText(level: Level | undefined): string {
  return level === undefined ? 'no level' : `${rate(level.perSecond)} (${level.phase})`;
}

/** `p95 < 100ms` where all of them ask for the same, whatever they ask it of. */
function promiseOf(gates: readonly GateResult[]): string {
  const promises = new Set(gates.map(({ expression }) => expression.slice(expression.indexOf(' ') + 1)));
  const [only = ''] = promises;
  return promises.size === 1 ? only : 'its gates';
}
