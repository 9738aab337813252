import { parseSeriesKey } from '../../metric/series.ts';
import type { GateResult, RunRecord } from '../../record/schema.ts';
import { gateActual, number } from '../quantity.ts';
import { severity } from './severity.ts';

type Phase = RunRecord['load']['phases'][number];
type Verdict = GateResult['verdict'];

/** Gates on single phases, by the name of the phase. */
export function gatesOfPhases({
  gates,
}: Pick<RunRecord, 'gates'>): ReadonlyMap<string, readonly GateResult[]> {
  const byPhase = new Map<string, GateResult[]>();
  for (const gate of gates) {
    const phase = parseSeriesKey(gate.expression.split(' ', 1)[0] ?? '')?.labels['phase'];
    if (phase !== undefined) byPhase.set(phase, [...(byPhase.get(phase) ?? []), gate]);
  }
  return byPhase;
}

/** The worst verdict of several gates. */
export function verdictOf(gates: readonly GateResult[]): Verdict {
  const verdicts = gates.map(({ verdict }) => verdict);
  return (['fail', 'no-data', 'undecided'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'pass';
}

interface Level {
  readonly phase: string;
  readonly perSecond: number;
  readonly gates: readonly GateResult[];
}

/** Up to which load the gates on single phases hold. */
export interface LevelFinding {
  /** One sentence. */
  readonly text: string;
  /** Whether a level broke them, rather than leaving them undecided or holding all. */
  readonly breaks: boolean;
  readonly holdsAll: boolean;
}

/**
 * Up to which level the gates on single phases hold; null where a run has no levels, or where nothing was
 * judged by phase. A level holds if it and every lower one do; phases without gates had too few operations to tell.
 */
export function levelFinding(record: RunRecord): LevelFinding | null {
  const levels = levelsOf(record);
  if (new Set(levels.map(({ perSecond }) => perSecond)).size < 2) return null;
  const breaking = levels.find(({ gates }) => verdictOf(gates) !== 'pass');
  const holding = levels
    .filter(({ perSecond }) => breaking === undefined || perSecond < breaking.perSecond)
    .at(-1);
  const what = promiseOf(levels.flatMap(({ gates }) => gates));
  if (breaking === undefined)
    return {
      text: `holds ${what} up to ${levelText(record, holding)}, its highest level`,
      breaks: false,
      holdsAll: true,
    };
  const breaks = verdictOf(breaking.gates) !== 'undecided';
  const at = `at ${levelText(record, breaking)} ${worstOf(breaking.gates)}`;
  const text =
    holding === undefined
      ? `does not hold ${what} at its lowest level: ${at}`
      : `holds ${what} up to ${levelText(record, holding)}; ${at}`;
  return { text, breaks, holdsAll: false };
}

/** `ack_latency p95 is 412 ms` of the gate that is furthest from its limit. */
function worstOf(gates: readonly GateResult[]): string {
  const worst = gates
    .filter(({ verdict }) => verdict !== 'pass')
    .toSorted((a, b) => severity(b) - severity(a))[0];
  if (worst === undefined) return '';
  const figure = `${worst.metric}${worst.aggregation === 'ratio' ? '' : ` ${worst.aggregation}`}`;
  if (worst.verdict === 'undecided') return `${figure} is undecided`;
  if (worst.actual === null) return `${figure} has no data`;
  return `${figure} is ${gateActual(worst)}`;
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

function levelText(record: RunRecord, level: Level | undefined): string {
  return level === undefined ? 'no level' : `${loadText(record, level.perSecond)} (${level.phase})`;
}

/**
 * A level in words that its user chose: events where it publishes, since all streams rise together, else all operations.
 * @param perSecond operations of all streams together
 */
export function loadText({ load: { offered } }: RunRecord, perSecond: number): string {
  const all = offered.events + offered.queries;
  if (all === 0) return `${number(perSecond)} operations/s`;
  const [total, unit] = offered.events > 0 ? [offered.events, 'events/s'] : [offered.queries, 'queries/s'];
  return `${number((perSecond * total) / all)} ${unit}`;
}

/** `p95 < 100ms` where all of them ask for the same, whatever they ask it of. */
function promiseOf(gates: readonly GateResult[]): string {
  const promises = new Set(gates.map(({ expression }) => expression.slice(expression.indexOf(' ') + 1)));
  const [only = ''] = promises;
  return promises.size === 1 ? only : 'its gates';
}
