import { inlineParts, markdownCellCode, markdownCode, markdownText } from './escape.ts';
import type { Format } from './format.ts';
import { buildDocument } from './view/build-document.ts';
import type { Cell, Headline, List, ReportDocument, Section, Table } from './view/document.ts';

/** GitHub refuses a step summary above 1 MiB as a whole, and several commands may share one. */
const MAX_BYTES = 256 * 1024;
/** Room for the line that says what was left out. */
const RESERVE_BYTES = 1024;
const MAX_SENTENCE = 400;

const MARKS = { PASS: '✅', FAIL: '❌', INVALID: '⚠️', STOPPED: '⏹️' } as const;

/** GitHub Markdown, for step summaries and pull requests; at most 256 KiB, whole sections only. */
export const markdownFormat: Format = {
  name: 'md',
  fileName: 'summary.md',
  isDefault: true,
  render: (record) => renderMarkdown(buildDocument(record), MARKS),
};

/**
 * Lays out a document in GitHub Markdown.
 * @param marks stands before each word of the headline
 */
export function renderMarkdown<Word extends string>(
  { headline, sections }: ReportDocument<Word>,
  marks: Readonly<Record<Word, string>>,
): string {
  return boundedJoin(renderHeadline(headline, marks[headline.word]), sections);
}

function boundedJoin(head: string, sections: readonly Section[]): string {
  let text = head;
  const leftOut: string[] = [];
  for (const section of sections) {
    const longer = `${text}\n${renderSection(section)}`;
    if (Buffer.byteLength(longer) <= MAX_BYTES - RESERVE_BYTES) text = longer;
    else leftOut.push(section.title);
  }
  return leftOut.length === 0 ? text : `${text}\n_Left out for size, see run.json: ${leftOut.join(', ')}_\n`;
}

function renderHeadline({ word, question, sentence, next, facts }: Headline<string>, mark: string): string {
  const [subject = '', ...others] = facts.map((fact) => markdownText(fact, MAX_SENTENCE));
  const asked = question === undefined ? subject : markdownText(question, MAX_SENTENCE);
  const then = next === undefined ? '' : `Next: ${inline(next)}\n\n`;
  return `## ${mark} ${word}: ${asked}\n\n**${inline(sentence)}**\n\n${then}${others.join(' · ')}\n`;
}

/** A sentence of ours, in which backticks mean code. */
function inline(text: string): string {
  return inlineParts(text)
    .map((part) => (part.code ? markdownCode(part.text) : markdownText(part.text, MAX_SENTENCE)))
    .join('');
}

function renderSection(section: Section): string {
  const { title, note, content, detail } = section;
  const hint = note === undefined ? '' : `${markdownText(note)}\n\n`;
  const body = `${hint}${content.kind === 'list' ? renderList(content) : renderTable(content)}`;
  if (detail === undefined) return `### ${markdownText(title)}\n\n${body}`;
  return `<details><summary>${markdownText(title)}</summary>\n\n${body}\n</details>\n`;
}

function renderTable({ columns, rows }: Table): string {
  const head = columns.map((column) => markdownText(column.title));
  const rule = columns.map((column) => (column.align === 'right' ? '--:' : ':--'));
  const body = rows.map((row) => row.map(renderCell));
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function renderList({ items }: List): string {
  return items.map((item) => `- ${item.code ? markdownCode(item.text) : inline(item.text)}\n`).join('');
}

function renderCell({ text, tone, code, words }: Cell): string {
  const before = words === undefined ? '' : `${markdownText(words)} `;
  if (code === true) return before + markdownCellCode(text);
  // Markdown drops indentation, which says what belongs to the row above.
  const shown = markdownText(text.replace(/^ +/, '↳ '));
  return tone === 'bad' && shown !== '' ? `**${shown}**` : shown;
}
