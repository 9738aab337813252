import { inlineParts, visible } from '../escape.ts';
import type { Cell, Column, List, Section, Table } from '../view/document.ts';
import { type Html, html, join, NO_MARKUP } from './markup.ts';

/** A table of more columns needs the whole width of the page. */
const COLUMNS_BESIDE = 3;
/** On paper so many gates share their row with what the run can't tell; those of phases have longer names. */
const GATES_BESIDE = 20;
/** A section of so many rows is not divided between two sheets of paper. */
const ROWS_TOGETHER = 12;

/** A section of the report with its heading, unless the chapter has the same one. */
function sectionMarkup(section: Section, chapter?: string): Html {
  const { title, note, content } = section;
  const hint = note === undefined ? NO_MARKUP : html`<p class="note">${note}</p>`;
  const rows = content.kind === 'list' ? content.items.length : content.rows.length;
  const isWide = content.kind === 'table' && content.columns.length > COLUMNS_BESIDE;
  const classes = [
    ...(isWide ? ['wide', ...(title === 'Gates' && rows <= GATES_BESIDE ? ['gates'] : [])] : []),
    ...(rows <= ROWS_TOGETHER ? ['short'] : []),
  ];
  const attribute = classes.length === 0 ? NO_MARKUP : html` class="${classes.join(' ')}"`;
  return html`<section${attribute}>${title === chapter ? NO_MARKUP : html`<h3>${title}</h3>`}${hint}${content.kind === 'list' ? listMarkup(content) : tableMarkup(content)}</section>
`;
}

/** A table with the headings of its columns and rows marked as such; it scrolls sideways where it is too wide. */
export function tableMarkup({ columns, rows }: Table, caption?: string): Html {
  const named = columns.some((column) => column.title !== '');
  const head = named ? html`<thead><tr>${columns.map(headCell)}</tr></thead>` : NO_MARKUP;
  const areNumbers = columns.length > 1 && columns.slice(1).every((column) => column.align === 'right');
  const label = caption === undefined ? NO_MARKUP : html`<caption>${caption}</caption>`;
  const headerAt = named ? columns.findIndex((column) => column.title !== '') : 0;
  const body = rows.map(
    (
      row,
    ) => html`<tr>${row.map((cell, at) => bodyCell(cell, { column: columns[at], isHeader: at === headerAt, areNumbers }))}</tr>
`,
  );
  return html`<div class="scroll" tabindex="0"><table${tableClass(columns, areNumbers)}>${label}${head}<tbody>${body}</tbody></table></div>`;
}

function tableClass(columns: readonly Column[], areNumbers: boolean): Html {
  if (areNumbers) return html` class="numbers"`;
  return columns.length > 2 && columns.some(({ wraps }) => wraps === true)
    ? html` class="stacked"`
    : NO_MARKUP;
}

/** Where a cell stands. */
interface Place {
  readonly column: Column | undefined;
  /** It names the row. */
  readonly isHeader: boolean;
  /** Its table says once that all but the first column are numbers. */
  readonly areNumbers: boolean;
}

/** Items one below the other. */
export function listMarkup({ items }: List): Html {
  return html`<ul>${items.map((item) => html`<li>${item.code === true ? cellMarkup(item) : inlineMarkup(item.text)}</li>`)}</ul>`;
}

function headCell(column: Column): Html {
  if (column.title === '') return html`<td></td>`;
  return html`<th scope="col"${alignClass(column)}>${column.title}</th>`;
}

function bodyCell(cell: Cell, { column, isHeader, areNumbers }: Place): Html {
  const classes = [
    ...(column?.align === 'right' && !areNumbers ? ['num'] : []),
    ...(cell.tone === undefined || cell.tone === 'plain' ? [] : [cell.tone]),
    ...(cell.text.startsWith('  ') ? ['sub'] : []),
    ...(column?.wraps === true ? ['wraps'] : []),
  ];
  const attribute = classes.length === 0 ? NO_MARKUP : html` class="${classes.join(' ')}"`;
  return isHeader
    ? html`<th scope="row"${attribute}>${cellMarkup(cell)}</th>`
    : html`<td${attribute}>${cellMarkup(cell)}</td>`;
}

function alignClass(column: Column): Html {
  return column.align === 'right' ? html` class="num"` : NO_MARKUP;
}

/** Longer texts of a relay are cut, as in the other reports. */
function cellMarkup(cell: Cell): Html {
  const text = visible(cell.text.trimStart());
  const words = cell.words === undefined ? NO_MARKUP : html`${cell.words} `;
  return cell.code === true ? html`${words}<code>${text}</code>` : html`${words}${text}`;
}

/** A sentence in which backticks mean code. */
export function inlineMarkup(text: string): Html {
  return join(
    inlineParts(text).map((part) => (part.code ? html`<code>${part.text}</code>` : html`${part.text}`)),
  );
}

/** Several sections one below the other. */
export function sectionsMarkup(sections: readonly Section[], chapter?: string): Html {
  return join(sections.map((section) => sectionMarkup(section, chapter)));
}
