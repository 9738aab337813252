import type { GateResult, RunRecord } from '../../record/schema.ts';
import { inReadingOrder } from '../answer/severity.ts';
import { gateActual } from '../quantity.ts';
import { failuresSection } from './build-document.ts';
import { type Cell, cell, code, columns, list, type Section } from './document.ts';
import { errorsSection, noticesSection } from './errors.ts';
import { errorsOverTimeSection } from './faults.ts';
import { gateMark } from './gates.ts';
import { latenciesSection } from './latencies.ts';
import { environmentSection } from './machine.ts';
import { evidenceSection, findingsSection } from './observed.ts';

/**
 * What is known of a run that goes on, in reading order. What only its end tells (what was offered in all, what is missing,
 * whether the run is valid, what it can't tell) is not there yet.
 * @param record of the run so far, with its gates as they stand
 */
export function liveSections(record: RunRecord): Section[] {
  const sections = [
    failuresSection(record),
    gatesSoFarSection(record),
    latenciesSection(record),
    errorsSection(record),
    errorsOverTimeSection(record),
    evidenceSection(record),
    findingsSection(record),
    noticesSection(record),
    environmentSection(record),
  ];
  return sections.filter((section) => section !== null);
}

function gatesSoFarSection({ gates }: RunRecord): Section {
  const title = 'Gates so far';
  if (gates.length === 0) return list(title, ['no gate is set: nothing will be judged'], 'verdict');
  return {
    title,
    topic: 'verdict',
    note: 'as if everything that is in flight ended well',
    content: {
      kind: 'table',
      columns: columns('', 'gate', '>so far', ''),
      rows: inReadingOrder(gates).map(gateRow),
    },
  };
}

function gateRow(gate: GateResult): Cell[] {
  // Undecided means here that only the end tells.
  const isOpen = gate.verdict === 'undecided';
  const mark = isOpen ? cell('·', 'muted') : gateMark(gate.verdict, true);
  const actual = gate.actual === null ? 'no data yet' : gateActual(gate);
  const remark = isOpen ? 'the end tells' : gate.verdict === 'pass' ? 'holds' : 'broken';
  return [mark, code(gate.expression), { ...mark, text: actual }, cell(remark, 'muted')];
}
