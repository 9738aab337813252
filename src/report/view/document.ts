import type { RunWord } from '../answer/word.ts';

/**
 * A report before it has a format: what is said, in which order, with numbers already printed. Terminal, Markdown
 * and HTML only lay it out, so they can't disagree.
 */
export interface ReportDocument<Word extends string = RunWord> {
  readonly headline: Headline<Word>;
  readonly sections: readonly Section[];
}

export interface Headline<Word extends string = RunWord> {
  readonly word: Word;
  /** What was asked; left out where the facts say it. */
  readonly question?: string;
  /** What was found, one sentence. */
  readonly sentence: string;
  /** What to do next, one sentence. */
  readonly next?: string;
  /** What ran against what; short phrases. */
  readonly facts: readonly string[];
}

/** What a text means; colour only repeats what the words say. */
export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'muted';

/** A text that is not yet escaped: layouts escape every cell. */
export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  /** The same for people, where the text is a name of run.json; formats with room show it before the text. */
  readonly words?: string;
  /** Instead of the text where a terminal has no room for all of it. */
  readonly short?: string;
  /** Came from a relay or is an identifier: shown as code where the format has such a thing. */
  readonly code?: boolean;
}

export interface Column {
  /** Empty in every column: the table has no header. */
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Left out on a terminal where the table has no room for it, the last such column first. */
  readonly optional?: boolean;
  /** Holds sentences or relay-supplied text and may be broken into lines; at most one a table. */
  readonly wraps?: boolean;
}

/** What a section is about: formats with chapters sort by it; without one it is about the run as a whole. */
export type Topic = 'verdict' | 'latency' | 'load' | 'errors' | 'machine';

export interface Section {
  readonly title: string;
  readonly topic?: Topic;
  /** How to read it; one line. */
  readonly note?: string;
  /** `folded` where a format can fold; `background` is not shown on a terminal at all. Default: shown. */
  readonly detail?: 'folded' | 'background';
  readonly content: Table | List;
}

export interface Table {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly Cell[];
}

export function cell(text: string, tone: Tone = 'plain'): Cell {
  return { text, tone };
}

export function code(text: string): Cell {
  return { text, code: true };
}

export function list(title: string, items: readonly string[], topic?: Topic): Section {
  const content = { kind: 'list', items: items.map((text) => cell(text)) } as const;
  return topic === undefined ? { title, content } : { title, topic, content };
}

/** A row of a table with a label and plain texts. */
export function row(label: string, ...texts: readonly string[]): Cell[] {
  return [label, ...texts].map((text) => cell(text));
}

/** Columns from a short notation: a leading `>` aligns to the right, a leading `~` wraps, a `?` at the end is optional. */
export function columns(...titles: readonly string[]): Column[] {
  return titles.map((written): Column => {
    const optional = written.endsWith('?') ? { optional: true } : {};
    const title = written.replace(/^[>~]/, '').replace(/\?$/, '');
    if (written.startsWith('>')) return { title, align: 'right', ...optional };
    return written.startsWith('~')
      ? { title, align: 'left', wraps: true, ...optional }
      : { title, align: 'left', ...optional };
  });
}
