import type { ChalkInstance } from 'chalk';
import { visible } from './escape.ts';
import { INDENT, MIN_WRAPPING, plainTable } from './plain-table.ts';
import { inTone } from './tones.ts';
import type { Cell, Table } from './view/document.ts';

/** Room and colours of a terminal. */
export interface Layout {
  readonly chalk: ChalkInstance;
  /** Width in characters; nothing but paths exceeds it. */
  readonly columns: number;
  /** Blanks between two columns of a table, where there is room. */
  readonly gap: number;
}

/**
 * A table within the width of a terminal. Where it is too wide its columns move together, then cells take their short form,
 * then optional columns are left out (which is said below it), and what is still too wide becomes a block for each row.
 */
export function terminalTable(table: Table, layout: Layout): string {
  for (const { shape, gap } of shapesOf(table, layout.gap)) {
    if (widthOf(shape.table, gap) > layout.columns) continue;
    const left = shape.leftOut.length === 0 ? '' : `\n${leftOutText(shape.leftOut, layout)}`;
    return `${grid(shape.table, { ...layout, gap })}${left}`;
  }
  return blocks(table, layout);
}

interface Shape {
  readonly table: Table;
  readonly leftOut: readonly string[];
}

/** From the fullest to the barest. */
function* shapesOf(table: Table, gap: number): Generator<{ shape: Shape; gap: number }> {
  const full = { table, leftOut: [] };
  yield { shape: full, gap };
  yield { shape: full, gap: 1 };
  let shape: Shape = { table: shortened(table), leftOut: [] };
  yield { shape, gap: 1 };
  while (shape.table.columns.some(({ optional }) => optional === true)) {
    shape = withoutLastOptional(shape);
    yield { shape, gap: 1 };
  }
}

function shortened(table: Table): Table {
  const rows = table.rows.map((row) =>
    row.map((one) => (one.short === undefined ? one : { ...one, text: one.short })),
  );
  return { ...table, rows };
}

function withoutLastOptional({ table: { kind, columns, rows }, leftOut }: Shape): Shape {
  const last = columns.findLastIndex(({ optional }) => optional === true);
  const kept = <T>(all: readonly T[]): T[] => all.filter((_, at) => at !== last);
  return {
    table: { kind, columns: kept(columns), rows: rows.map(kept) },
    leftOut: [columns[last]?.title ?? '', ...leftOut],
  };
}

function widthsOf({ columns, rows }: Table): number[] {
  return columns.map((column, at) =>
    Math.max(column.title.length, ...rows.map((row) => [...visible(row[at]?.text ?? '')].length)),
  );
}

/** The least that the table takes: its wrapping column can be as narrow as its longest word, or some words. */
function widthOf(table: Table, gap: number): number {
  const widths = widthsOf(table).map((width, at) =>
    table.columns[at]?.wraps === true
      ? Math.min(width, Math.max(MIN_WRAPPING, longestWord(table, at)))
      : width,
  );
  return widths.reduce((sum, width) => sum + width, INDENT + gap * (widths.length - 1));
}

function longestWord({ rows }: Table, at: number): number {
  const words = rows.flatMap((row) => visible(row[at]?.text ?? '').split(' '));
  return Math.max(0, ...words.map((word) => [...word].length));
}

function grid(table: Table, { chalk, columns: width, gap }: Layout): string {
  const { columns, rows } = table;
  const head = columns.some((column) => column.title !== '')
    ? [columns.map((column) => chalk.dim(column.title))]
    : [];
  return plainTable({
    rows: [...head, ...rows.map((row) => row.map((one) => painted(one, chalk)))],
    aligns: columns.map((column) => column.align),
    widths: widthsOf(table),
    wraps: columns.findIndex((column) => column.wraps === true),
    width,
    gap,
  });
}

function leftOutText(titles: readonly string[], { chalk, columns }: Layout): string {
  const text = `left out for width, see the JSON or the page: ${titles.join(', ')}`;
  return wrapped(text, columns - INDENT)
    .map((line) => `${' '.repeat(INDENT)}${chalk.dim(line)}`)
    .join('\n');
}

/** Each row as its first named cell, and below it one line for each of the others. */
function blocks({ columns, rows }: Table, layout: Layout): string {
  return rows.map((row) => blockOf(row, columns, layout)).join('\n');
}

function blockOf(row: readonly Cell[], columns: Table['columns'], { chalk, columns: width }: Layout): string {
  const headAt = columns.findIndex(({ title }) => title !== '');
  const head = row
    .slice(0, headAt + 1)
    .map((one) => painted(one, chalk))
    .join(' ');
  const others = row.slice(headAt + 1).flatMap((one, at) => {
    const title = columns[headAt + 1 + at]?.title ?? '';
    return one.text === ''
      ? []
      : wrapped(`${title === '' ? '' : `${title}: `}${visible(one.text)}`, width - 6);
  });
  const indented = others.map((line) => `      ${line}`);
  return [`${' '.repeat(INDENT)}${head}`, ...indented].join('\n');
}

function painted(one: Cell, chalk: ChalkInstance): string {
  return inTone(visible(one.text), one.tone ?? 'plain', chalk);
}

/** Lines of at most `width` characters; words stay whole unless one alone is longer. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text
    .split(' ')
    .flatMap((one) => one.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? [''])) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
