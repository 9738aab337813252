import type { Suite, SuiteEntry, SuiteFigure, SuitePartResult } from '../../suite/schema.ts';
import { NOTHING, number } from '../quantity.ts';
import { type Cell, cell, columns, type Section } from '../view/document.ts';
import { entryText, figureText, relativeText, relativeTone } from './words.ts';

/** Every main figure of every relay, the reference first. */
export function cardSection(suite: Suite): Section {
  const { relays, reference, parts } = suite;
  const others = relays.filter(({ name }) => name !== reference);
  return {
    title: 'Card',
    note: `value (interval at 95 %, or the range of what was measured), and × ${reference}, measured on this machine in turn`,
    content: {
      kind: 'table',
      columns: columns('part', 'figure', `>${reference}`, ...others.map(({ name }) => `>${name}`)),
      rows: parts.flatMap((part) => rowsOf(part, suite, ({ main }) => main)),
    },
  };
}

function rowsOf(part: SuitePartResult, suite: Suite, isShown: (figure: SuiteFigure) => boolean): Cell[][] {
  const { relays, reference } = suite;
  const order = [reference, ...relays.map(({ name }) => name).filter((name) => name !== reference)];
  return part.figures
    .filter(isShown)
    .map((figure, at) => [
      cell(at === 0 ? part.title : '', 'plain'),
      cell(figure.title),
      ...order.map((name) => entryCell(figure, part, name)),
    ]);
}

function entryCell({ entries, unit, direction }: SuiteFigure, part: SuitePartResult, relay: string): Cell {
  const entry = entries.find((one) => one.relay === relay);
  const status = part.runs.find((run) => run.relay === relay)?.status;
  if (entry === undefined || entry.value === null)
    return cell(status === 'skipped' ? 'n/a' : NOTHING, 'muted');
  const mark = status === 'invalid' ? '! ' : '';
  const relative = entry.relative === null ? '' : `, ${relativeText(entry.relative)}`;
  const tone = status === 'invalid' ? 'warn' : relativeTone(entry.relative, direction);
  const shown = cell(`${mark}${entryText(entry, unit)}${relative}`, tone);
  return { ...shown, short: `${mark}${shortText(entry, unit)}` };
}

/** For terminals: the value and its multiple without their intervals; the page and the JSON have those. */
function shortText({ value, relative }: SuiteEntry, unit: SuiteFigure['unit']): string {
  return `${figureText(value, unit)}${relative === null ? '' : ` ${number(relative.value)}×`}`;
}

/** The figures that are not on the card; null where there are none. */
export function shapesSection(suite: Suite): Section | null {
  const { relays, reference, parts } = suite;
  const rows = parts.flatMap((part) => rowsOf(part, suite, ({ main }) => !main));
  if (rows.length === 0) return null;
  const others = relays.filter(({ name }) => name !== reference);
  return {
    title: 'Query by query',
    detail: 'background',
    content: {
      kind: 'table',
      columns: columns('part', 'query', `>${reference}`, ...others.map(({ name }) => `>${name}`)),
      rows,
    },
  };
}
