import type { RunRecord } from '../../record/schema.ts';
import { questionOf } from '../answer/question.ts';
import { clock, connectionsText, errorsText } from '../progress/phrases.ts';
import { currentPhase, elapsed_s, type ProgressState, total_s } from '../progress/state.ts';
import { count } from '../quantity.ts';
import { factsSoFar } from '../view/headline.ts';
import { liveSections } from '../view/live-document.ts';
import { pageDocument } from './document.ts';
import { keyFiguresSoFar } from './key-figures.ts';
import { type Html, html, NO_MARKUP } from './markup.ts';
import { chapterMarkup, pageHead } from './page-parts.ts';
import { type FilledChapter, runChapters, sectionsAbout } from './run-chapters.ts';
import { sectionsMarkup } from './table.ts';

/** A run that goes on, as a page shows it. */
export interface RunSoFar {
  /** Name of its scenario. */
  readonly scenario: string;
  readonly progress: ProgressState;
  /** Of the clock of `progress`. */
  readonly nowMs: number;
  /** What was measured so far; null before the load begins. */
  readonly record: RunRecord | null;
}

const BADGE = { mark: '●', tone: 'plain' } as const;
const NEXT = 'the verdict, when the run has ended: then this page becomes its report';

/**
 * The page of a run that goes on: how far it is, and what its report will show, as far as that is known. Its plots are
 * drawings. A script takes over what has changed whenever the server of the page says that there is news.
 */
export function livePage(run: RunSoFar): string {
  const { record, scenario } = run;
  const sections = record === null ? [] : liveSections(record);
  const chapters = record === null ? [] : runChapters(record, sections);
  return pageDocument({
    title: `RUNNING: ${scenario} · relay-bench`,
    plots: [],
    isLive: true,
    body: html`${head(run, chapters)}
<p id="lost" class="next warn" role="status" hidden>No connection to the run: it has ended, or can't be reached any more. What stands here is the last that was told of it; its report is in its directory.</p>
<noscript><p class="next warn">Load this page again to see how the run goes on: by itself it follows it only with scripts.</p></noscript>
<main>
${record === null ? NO_MARKUP : keyFiguresSoFar(record)}
<h2 class="hidden">So far</h2>
<div class="columns">${sectionsMarkup(sectionsAbout(sections, 'verdict'))}</div>
${chapters.map((chapter) => chapterMarkup(chapter, chapter.sections))}
</main>
<footer>A run that goes on. Figures change with every second of it, and none of them is its result.</footer>`,
  });
}

function head(run: RunSoFar, chapters: readonly FilledChapter[]): Html {
  const { record, scenario } = run;
  const known =
    record === null
      ? { question: scenario, facts: [] }
      : { question: questionOf(record), facts: factsSoFar(record) };
  return pageHead({
    kind: 'relay-bench, live',
    badge: BADGE,
    headline: { word: 'RUNNING', ...known, sentence: stateOf(run), next: NEXT },
    chapters,
  });
}

/** How far the run is, in one sentence. */
function stateOf({ progress, nowMs }: RunSoFar): string {
  switch (progress.stage) {
    case 'starting':
      return 'starting';
    case 'connecting':
      return connectionsText(progress);
    case 'preparing':
      return preparingText(progress);
    case 'running': {
      const phase = currentPhase(progress, nowMs);
      const time = `${clock(elapsed_s(progress, nowMs))} of ${clock(total_s(progress))}`;
      return `${phase}, ${time}; ${errorsText(progress)} so far`;
    }
    case 'draining':
      return `all load is offered, the last replies are waited for; ${errorsText(progress)} so far`;
    case 'finished':
      return 'the load has ended; what follows it goes on, such as an audit';
  }
}

function preparingText({ preparing }: ProgressState): string {
  if (preparing === null) return 'preparing';
  return `preparing ${preparing.what}: ${count(preparing.done)} of ${count(preparing.total)}`;
}
