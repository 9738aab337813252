import type { Comparison } from '../../compare/schema.ts';
import { type Cell, cell, code, columns, type Section } from '../view/document.ts';

/** What was compared, run by run. */
export function runsSection({ base, candidate }: Comparison): Section {
  return {
    title: 'Runs',
    detail: 'folded',
    content: {
      kind: 'table',
      columns: columns('side', '~file', 'relay', 'started'),
      rows: [...rowsOf('base', base), ...rowsOf('candidate', candidate)],
    },
  };
}

function rowsOf(side: string, runs: Comparison['base']): Cell[][] {
  return runs.map(({ name, startedAt, urls }) => [
    cell(side),
    code(name),
    code(urls.join(' ')),
    cell(startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')),
  ]);
}
