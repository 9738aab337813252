import type { RunRecord } from '../../record/schema.ts';
import { gatesOfPhases, verdictOf } from '../answer/levels.ts';
import { areGatesJudged } from '../answer/word.ts';
import { type Cell, cell } from './document.ts';
import { gateMark } from './gates.ts';

/** Whether any gate is about a single phase. */
export function hasPhaseGates(record: RunRecord): boolean {
  return gatesOfPhases(record).size > 0;
}

/** Whether all gates on a phase hold; a dash where it has none. */
export function phaseCell(record: RunRecord, phase: string): Cell {
  const gates = gatesOfPhases(record).get(phase);
  return gates === undefined ? cell('–') : gateMark(verdictOf(gates), areGatesJudged(record));
}
