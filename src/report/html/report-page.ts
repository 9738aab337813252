import type { RunRecord } from '../../record/schema.ts';
import { count } from '../quantity.ts';
import { buildDocument } from '../view/build-document.ts';
import { pageDocument } from './document.ts';
import { keyFigures } from './key-figures.ts';
import { type Html, html, preformatted } from './markup.ts';
import { chapterMarkup, pageHead } from './page-parts.ts';
import { runChapters, sectionsAbout } from './run-chapters.ts';
import { sectionsMarkup } from './table.ts';

const BADGES = {
  PASS: { mark: '✓', tone: 'good' },
  FAIL: { mark: '✗', tone: 'bad' },
  INVALID: { mark: '!', tone: 'warn' },
  STOPPED: { mark: '■', tone: 'plain' },
} as const;

/** The report of a run as one HTML file: verdict first, then what explains it, then what to doubt. */
export function reportPage(record: RunRecord): string {
  const { headline, sections } = buildDocument(record);
  const chapters = runChapters(record, sections);
  return pageDocument({
    title: `${headline.word}: ${record.scenario.name} · relay-bench`,
    plots: chapters.flatMap((chapter) => chapter.plots.map((shown) => shown.plot)),
    body: html`${pageHead({ kind: 'relay-bench report', badge: BADGES[headline.word], headline, chapters })}
<main>
${keyFigures(record)}
<h2 class="hidden">Verdict</h2>
<div class="columns">${sectionsMarkup(sectionsAbout(sections, 'verdict'))}</div>
${chapters.map((chapter) => chapterMarkup(chapter, chapter.sections))}
${scenarioMarkup(record)}
</main>
${foot(record)}`,
  });
}

/** A scenario with a long list of authors is not read to its end. */
const MAX_SCENARIO = 20_000;

function scenarioMarkup({ scenario, seed }: RunRecord): Html {
  const text = JSON.stringify(scenario.resolved, null, 2);
  return html`<section><h3>Scenario</h3><p class="note">Every value of the run, defaults included; seed ${String(seed)}, sha256 ${scenario.sha256}</p>
<details><summary>${scenario.name}, ${count(text.split('\n').length)} lines</summary><pre tabindex="0">${preformatted(text, MAX_SCENARIO)}</pre></details></section>`;
}

function foot({ tool, runId, startedAt }: RunRecord): Html {
  const isoDate = startedAt.replace(/\.\d+Z$/, 'Z');
  return html`<footer>${tool.name} ${tool.version}, run ${runId}, started ${isoDate}. All of it is in run.json; latencies count from the scheduled time unless they say service. Interactive plots: uPlot by Leon Sorokin, MIT licence.</footer>`;
}
