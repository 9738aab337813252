import type { GateResult, RunRecord } from '../../record/schema.ts';
import { inReadingOrder } from '../answer/severity.ts';
import { areGatesJudged, wasStopped } from '../answer/word.ts';
import { gateActual, gateValue } from '../quantity.ts';
import { type Cell, cell, code, columns, list, type Section, type Tone } from './document.ts';
import { marginAndCloseness } from './gate-sentence.ts';

/** Every gate with its actual value and by how much it holds or fails; what failed first, own gates before default ones. */
export function gatesSection(record: RunRecord): Section {
  if (record.gates.length === 0) return list('Gates', ['no gate was set: nothing was judged'], 'verdict');
  const isJudged = areGatesJudged(record);
  const rows = inReadingOrder(record.gates).map((gate) => gateRow(gate, isJudged));
  const why = wasStopped(record) ? 'was stopped' : 'is invalid';
  return {
    title: 'Gates',
    topic: 'verdict',
    ...(isJudged ? {} : { note: `none is judged: the run ${why}` }),
    content: { kind: 'table', columns: columns('', 'gate', '>actual', '~margin'), rows },
  };
}

const MARKS: Readonly<Record<GateResult['verdict'], readonly [mark: string, tone: Tone]>> = {
  pass: ['✓', 'good'],
  fail: ['✗', 'bad'],
  undecided: ['?', 'warn'],
  'no-data': ['✗', 'bad'],
};
/** Of a gate that nobody judged, whatever its figure is. */
const UNJUDGED = ['·', 'muted'] as const;

/** The mark of a verdict with its colour; neither says anything where the run proves nothing. */
export function gateMark(verdict: GateResult['verdict'], isJudged: boolean): Cell {
  const [mark, tone] = isJudged || verdict === 'undecided' ? MARKS[verdict] : UNJUDGED;
  return cell(mark, tone);
}

function gateRow(gate: GateResult, isJudged: boolean): Cell[] {
  const mark = gateMark(gate.verdict, isJudged);
  const actual = gate.verdict === 'no-data' ? 'no data' : gateActual(gate);
  return [mark, code(gate.expression), { ...mark, text: actual }, cell(remark(gate))];
}

function remark(gate: GateResult): string {
  if (gate.verdict === 'no-data') return gate.reason ?? '';
  if (gate.verdict !== 'undecided') return marginAndCloseness(gate);
  return `undecided: ${gateValue(gate, gate.actualService ?? null)} from the write`;
}
