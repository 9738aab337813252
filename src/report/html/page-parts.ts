import type { Headline, Section, Table } from '../view/document.ts';
import { figureMarkup } from './figure.ts';
import { type Html, html, NO_MARKUP } from './markup.ts';
import type { Plot } from './plot.ts';
import { inlineMarkup, sectionsMarkup } from './table.ts';

/** A plot and, where its own points are not worth reading, the table below it. */
export interface ShownPlot {
  readonly plot: Plot;
  readonly table?: Table;
}

/** A part of a page with a heading that the head links to. */
export interface Chapter {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** How to read its plots. */
  readonly note?: string;
  readonly plots: readonly ShownPlot[];
}

/** The word that a page begins with, in a colour that only repeats it. */
export interface Badge {
  /** One sign before the word. */
  readonly mark: string;
  readonly tone: 'good' | 'bad' | 'warn' | 'plain';
}

export interface PageHead {
  /** What kind of page it is. */
  readonly kind: string;
  readonly badge: Badge;
  readonly headline: Headline<string>;
  readonly chapters: readonly Pick<Chapter, 'id' | 'title'>[];
}

/** Whether a sentence begins with the name of a metric, which has no capital letter. */
function beginsWithName(sentence: string): boolean {
  return /^`?[a-z]+_/.test(sentence);
}

/** Verdict, what it is about, why, the facts, and links to the chapters. */
export function pageHead({ kind, badge, headline, chapters }: PageHead): Html {
  const [subject = '', ...others] = headline.facts;
  const { question, next } = headline;
  return html`<header>
<p class="eyebrow">${kind}</p>
<p class="badge ${badge.tone}">${badge.mark} ${headline.word}</p>
<h1>${question ?? subject}</h1>
<p class="${beginsWithName(headline.sentence) ? 'lead named' : 'lead'}">${inlineMarkup(headline.sentence)}</p>
${next === undefined ? NO_MARKUP : html`<p class="next"><b>Next</b> ${inlineMarkup(next)}</p>`}
<ul class="facts">${others.map((fact) => html`<li>${fact}</li>`)}</ul>
<nav aria-label="Chapters">${chapters.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
</header>`;
}

/** A chapter: its plots, two in a row where there is room, then its sections. */
export function chapterMarkup({ id, title, note, plots }: Chapter, sections: readonly Section[]): Html {
  const figures = plots.map(({ plot, table }) => figureMarkup(plot, table));
  return html`<h2 id="${id}">${title}</h2>
${note === undefined || figures.length === 0 ? NO_MARKUP : html`<p class="note">${note}</p>`}
${figures.length === 0 ? NO_MARKUP : html`<div class="plots">${figures}</div>`}
<div class="columns">${sectionsMarkup(sections, title)}</div>`;
}
