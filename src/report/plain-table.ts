import Table from 'cli-table3';

/** Before every line, in blanks. */
export const INDENT = 2;
/** Stands for the blank between a number and its unit, where no line may end; of the private use area. */
const GLUE = '\ue000';
const BEFORE_UNIT = /(?<=\d) (?=(?:µs|ms|s|%|[KMGT]?i?B|cores)(?![a-z]))/g;
/** A column that wraps is never made narrower than a few words. */
export const MIN_WRAPPING = 20;

export interface PlainTable {
  /** Escaped, maybe coloured. */
  readonly rows: readonly (readonly string[])[];
  /** Width of each column without colours; that of the wrapping one is not used. */
  readonly widths: readonly number[];
  readonly aligns?: readonly ('left' | 'right')[];
  /** Index of the column that gets the room that is left and breaks its text into lines; -1 for none. */
  readonly wraps: number;
  /** Of the whole table, in characters. */
  readonly width: number;
  /** Blanks between two columns. */
  readonly gap: number;
}

/** A table without borders, indented, without trailing blanks. */
export function plainTable(options: PlainTable): string {
  const { rows, widths, wraps } = options;
  const table = new Table({
    chars: { ...NO_BORDERS, middle: ' '.repeat(options.gap) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: [...(options.aligns ?? widths.map(() => 'left' as const))],
    colWidths: widths.map((_, at) => (at === wraps ? wrappingWidth(options) : null)),
    wordWrap: wraps >= 0,
  });
  table.push(...rows.map((row) => row.map((text) => text.replace(BEFORE_UNIT, GLUE))));
  return table
    .toString()
    .split('\n')
    .map((line) => `${' '.repeat(INDENT)}${line.replaceAll(GLUE, ' ')}`.trimEnd())
    .join('\n');
}

/** What is left of the width, but not more than the text needs. */
function wrappingWidth({ widths, wraps, width, gap }: PlainTable): number {
  const others = widths.filter((_, at) => at !== wraps).reduce((sum, one) => sum + one + gap, INDENT);
  const left = Math.max(MIN_WRAPPING, width - others);
  const needed = widths[wraps] ?? 0;
  return needed > 0 ? Math.min(left, needed) : left;
}

const NO_BORDERS = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((name) => [name, '']),
);
