import type { ChalkInstance } from 'chalk';
import { visible, withoutBackticks } from './escape.ts';
import type { Format, RenderOptions } from './format.ts';
import { INDENT, plainTable } from './plain-table.ts';
import { type Layout, terminalTable, wrapped } from './terminal-table.ts';
import { createChalk, inTone } from './tones.ts';
import { buildDocument } from './view/build-document.ts';
import type { Cell, Headline, List, ReportDocument, Section } from './view/document.ts';

const MIN_COLUMNS = 60;
const MAX_COLUMNS = 100;
/** Below this, table columns move closer together. */
const ROOMY_COLUMNS = 96;
/** Sentences may be longer than cells of a table. */
const MAX_SENTENCE = 400;
const MAX_PATH = 4_096;

const TONES = { PASS: 'good', FAIL: 'bad', INVALID: 'warn', STOPPED: 'plain' } as const;

/** The final report of a run, for a person; the verdict stands first and, for those who scrolled, last. */
export const terminalFormat: Format = {
  name: 'terminal',
  fileName: null,
  isDefault: true,
  render: (record, options) => {
    return renderTerminal(buildDocument(record), TONES, options);
  },
};

/**
 * Lays out a document for a terminal.
 * @param tones what each word of the headline means
 */
export function renderTerminal<Word extends string>(
  { headline, sections }: ReportDocument<Word>,
  tones: Readonly<Record<Word, BadgeTone>>,
  options: RenderOptions,
): string {
  const shown = sections.filter((section) => section.detail !== 'background');
  const layout = layoutOf(options);
  const tone = tones[headline.word];
  const blocks = [
    renderHeadline(headline, tone, true, layout),
    ...shown.map((section) => renderSection(section, layout)),
    ...(options.files.length === 0 ? [] : [renderFiles(options.files, layout)]),
    renderHeadline(headline, tone, false, layout),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** Of the word that a report begins with. */
export type BadgeTone = 'good' | 'bad' | 'warn' | 'plain';

function layoutOf(options: RenderOptions): Layout {
  const columns = Math.max(MIN_COLUMNS, Math.min(options.columns, MAX_COLUMNS));
  return {
    chalk: createChalk(options.color),
    columns,
    gap: columns < ROOMY_COLUMNS ? 1 : 2,
  };
}

function renderHeadline(
  { word, question, sentence, next, facts }: Headline<string>,
  tone: BadgeTone,
  isFirst: boolean,
  layout: Layout,
): string {
  const { chalk, columns } = layout;
  const ground = {
    good: chalk.bgGreen,
    bad: chalk.bgRed,
    warn: chalk.bgYellow,
    plain: chalk.bgWhite,
  }[tone];
  const badge = ground.black.bold(` ${word} `);
  const rows = [[badge, chalk.bold(plain(sentence))]];
  if (next !== undefined) rows.push(['', plain(`next: ${next}`)]);
  if (isFirst && question !== undefined) rows.push(['', plain(`asked: ${question}`)]);
  if (isFirst) rows.push(['', chalk.dim(visible(facts.join(' · '), MAX_SENTENCE))]);
  return plainTable({ rows, width: columns, gap: 1, wraps: 1, widths: [word.length + 2, 0] });
}

/** A sentence of ours; the backticks around its code are no part of it. */
function plain(text: string): string {
  return visible(withoutBackticks(text), MAX_SENTENCE);
}

function renderSection(section: Section, layout: Layout): string {
  const { title, note, content } = section;
  const body = content.kind === 'list' ? renderList(content, layout) : terminalTable(content, layout);
  return `${renderTitle(title, note, layout)}\n${body}`;
}

function renderTitle(title: string, note: string | undefined, { chalk, columns }: Layout): string {
  const shown = chalk.bold.underline(title);
  if (note === undefined) return shown;
  const fits = title.length + 2 + note.length <= columns;
  if (fits) return `${shown}  ${chalk.dim(note)}`;
  const lines = wrapped(note, columns - INDENT).map((line) => `\n${' '.repeat(INDENT)}${chalk.dim(line)}`);
  return `${shown}${lines.join('')}`;
}

function renderList({ items }: List, { chalk, columns }: Layout): string {
  const rows = items.map((item) => [
    '·',
    paint(item.code === true ? visible(item.text, MAX_SENTENCE) : plain(item.text), item, chalk),
  ]);
  return plainTable({ rows, width: columns, gap: 1, wraps: 1, widths: [1, 0] });
}

/** Paths are never wrapped or cut: they are there to be copied. */
function renderFiles(files: readonly string[], layout: Layout): string {
  return [
    renderTitle('Files', undefined, layout),
    ...files.map((file) => `  ${visible(file, MAX_PATH)}`),
  ].join('\n');
}

function paint(shown: string, { tone = 'plain' }: Cell, chalk: ChalkInstance): string {
  return inTone(shown, tone, chalk);
}
