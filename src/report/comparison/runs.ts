import type { Comparison } from '../../compare/schema.ts';
import { NOTHING } from '../quantity.ts';
import { type Cell, cell, code, columns, type Section } from '../view/document.ts';

/** What is compared, side by side: files, relays, dates, versions, and which is the base. */
export function comparedSection({ base, candidate }: Comparison): Section {
  return {
    title: 'Compared',
    topic: 'verdict',
    content: {
      kind: 'table',
      columns: columns('side', '~files', 'relay', 'started', 'made by'),
      rows: [sideRow('base', base), sideRow('candidate', candidate)],
    },
  };
}

/** Of several runs the first and the last, and how many. */
function sideRow(side: string, runs: Comparison['base']): Cell[] {
  const names = spanOf(runs.map(({ name }) => name));
  const urls = [...new Set(runs.flatMap((run) => run.urls))];
  const times = spanOf(
    runs.map(({ startedAt }) => startedAt.replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, '')),
  );
  const tools = [...new Set(runs.flatMap(({ tool }) => tool ?? []))];
  return [
    cell(side),
    code(runs.length > 1 ? `${names} (${runs.length} runs)` : names),
    code(urls.length > 2 ? `${urls[0]} and ${urls.length - 1} more` : urls.join(' ')),
    cell(times),
    cell(tools.length === 0 ? NOTHING : `relay-bench ${tools.join(', ')}`),
  ];
}

function spanOf(texts: readonly string[]): string {
  const [first = '', last = first] = [texts[0], texts.at(-1)];
  return first === last ? first : `${first} … ${last}`;
}

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
