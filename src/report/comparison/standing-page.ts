import type { Standing, StandingRow } from '../../compare/standing-schema.ts';
import { pageDocument } from '../html/document.ts';
import { html } from '../html/markup.ts';
import { type Chapter, chapterMarkup, pageHead, type ShownPlot } from '../html/page-parts.ts';
import type { Ink, Plot, Point, Series } from '../html/plot.ts';
import { linesAbove } from '../html/plot.ts';
import { sectionsMarkup } from '../html/table.ts';
import { duration, NOTHING } from '../quantity.ts';
import { type Cell, cell, columns, type Table } from '../view/document.ts';
import { buildStandingDocument } from './standing-document.ts';

const BADGES = {
  VERSUS: { mark: '⚖', tone: 'plain' },
  INVALID: { mark: '!', tone: 'warn' },
} as const;

/** More lines can't be told apart. */
const MOST_RELAYS = 6;

/** Relays side by side as one HTML file: who wins, a plot for each latency with all of them, the table. */
export function standingPage(standing: Standing): string {
  const { headline, sections } = buildStandingDocument(standing);
  const latency: Chapter = {
    id: 'latency',
    title: 'Latency, relay by relay',
    note: 'Each point is a run; of a relay the lowest and the highest run show how far its runs lie apart.',
    plots: plotsOf(standing),
  };
  const [results, ...others] = sections;
  return pageDocument({
    title: `${headline.word}: ${standing.scenario.name} · relay-bench`,
    plots: latency.plots.map(({ plot }) => plot),
    body: html`${pageHead({ kind: 'relay-bench versus', badge: BADGES[headline.word], headline, chapters: [latency] })}
<main>
<h2 class="hidden">Verdict</h2>
${sectionsMarkup(results === undefined ? [] : [results])}
${chapterMarkup(latency, [])}
<h2 class="hidden">What was compared</h2>
${sectionsMarkup(others)}
</main>
<footer>All of it stands in versus.json. Interactive plots: uPlot by Leon Sorokin, MIT licence.</footer>`,
  });
}

/** One plot for each percentile of a latency that any run has: the value of every run, all relays in one plot. */
function plotsOf({ rows, relays }: Standing): ShownPlot[] {
  const shown = relays.slice(0, MOST_RELAYS).map(({ name }) => name);
  return rows
    .filter(
      ({ unit, entries }) =>
        unit === 'us' && entries.some(({ values }) => values.some((one) => one !== null)),
    )
    .map((row, at) => ({ plot: runsPlot(row, shown, at), table: tableOf(row) }));
}

function runsPlot({ key, entries }: StandingRow, shown: readonly string[], index: number): Plot {
  const series = entries
    .filter(({ relay }) => shown.includes(relay))
    .map(({ relay, values }, at): Series => {
      const points = values.map((value, run): Point => [run + 1, value]);
      return { label: relay, ink: (at + 1) as Ink, points, under: linesAbove(entries.length, at) };
    });
  const more = entries.length - series.length;
  return {
    id: `runs-${index}`,
    title: `${key} of each run`,
    ...(more > 0
      ? { note: `The first ${series.length} of ${entries.length} relays; the table has all.` }
      : {}),
    x: { label: 'round', unit: 'count' },
    y: { label: key, unit: 'us' },
    marks: 'both',
    series,
  };
}

function tableOf({ entries }: StandingRow): Table {
  const text = (value: number | null): string => (value === null ? NOTHING : duration(value));
  return {
    kind: 'table',
    columns: columns('relay', '>median', '>lowest run', '>highest run'),
    rows: entries.map(({ relay, median, low, high }): Cell[] => [
      cell(relay),
      ...[median, low, high].map((value) => cell(text(value))),
    ]),
  };
}
