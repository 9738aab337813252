import type { Comparison, Distribution, Quantity, Timeline } from '../../compare/schema.ts';
import { pointsPerLine } from '../html/decimate.ts';
import { pageDocument } from '../html/document.ts';
import { html } from '../html/markup.ts';
import { type Chapter, chapterMarkup, pageHead, type ShownPlot } from '../html/page-parts.ts';
import type { Plot, Point } from '../html/plot.ts';
import { sectionsMarkup } from '../html/table.ts';
import type { Section, Topic } from '../view/document.ts';
import { distributionNote, distributionTable } from './distributions.ts';
import { buildComparisonDocument } from './document.ts';

const BADGES = {
  WORSE: { mark: '▼', tone: 'bad' },
  BETTER: { mark: '▲', tone: 'good' },
  SAME: { mark: '=', tone: 'good' },
  UNCLEAR: { mark: '?', tone: 'warn' },
} as const;

/** A comparison as one HTML file: what decided it, both sides laid over each other, what was compared. */
export function comparisonPage(comparison: Comparison): string {
  const { headline, sections } = buildComparisonDocument(comparison);
  const of = (topic: Topic | undefined): Section[] => sections.filter((section) => section.topic === topic);
  const plots = plotsOf(comparison);
  const maxPoints = pointsPerLine(plots.map(({ plot }) => plot));
  const latency: Chapter = {
    id: 'latency',
    title: 'Latency, side by side',
    note: 'Distributions are those of all samples of a side in one histogram; percentiles of runs are never averaged.',
    plots: plots.map((shown) => ({ ...shown, plot: { ...shown.plot, maxPoints } })),
  };
  const about: Chapter = { id: 'about', title: 'What was compared', plots: [] };
  return pageDocument({
    title: `${headline.word}: ${comparison.scenario.name} · relay-bench`,
    plots: latency.plots.map(({ plot }) => plot),
    body: html`${pageHead({ kind: 'relay-bench comparison', badge: BADGES[headline.word], headline, chapters: [latency, about] })}
<main>
<h2 class="hidden">Verdict</h2>
${sectionsMarkup(of('verdict'))}
${chapterMarkup(latency, of('latency'))}
${chapterMarkup(
  about,
  of(undefined).filter(({ detail }) => detail !== 'background'),
)}
</main>
<footer>All of it is in comparison.json. Interactive plots: uPlot by Leon Sorokin, MIT licence.</footer>`,
  });
}

function plotsOf(comparison: Comparison): ShownPlot[] {
  const runs =
    comparison.method === 'statistical'
      ? comparison.quantities.filter(({ gated, unit }) => gated && unit === 'us').map(runPlot)
      : [];
  const distributions = comparison.distributions.map((one, at) => ({
    plot: distributionPlot(one, at),
    table: distributionTable(one),
  }));
  return [...[...runs, ...comparison.timelines.map(timePlot)].map((plot) => ({ plot })), ...distributions];
}

/** The statistic of each run: how far runs of one side lie apart, and the sides from each other. */
function runPlot({ key, base, candidate, atLeast }: Quantity, index: number): Plot {
  const points = (values: Quantity['base']): Point[] => values.map((value, at) => [at + 1, value]);
  const least = (label: string, ink: 1 | 2, values: Quantity['base'] | undefined): Plot['series'] =>
    values?.some((value) => value !== null) === true
      ? [
          {
            label: `${label}: at least this, too many were never answered`,
            ink,
            dashed: true,
            points: points(values),
          },
        ]
      : [];
  return {
    id: `runs-${index}`,
    title: `${key} of each run`,
    x: { label: 'run', unit: 'count' },
    y: { label: key, unit: 'us' },
    marks: 'both',
    series: [
      { label: 'base', ink: 1, points: points(base) },
      { label: 'candidate', ink: 2, points: points(candidate) },
      ...least('base', 1, atLeast?.base),
      ...least('candidate', 2, atLeast?.candidate),
    ],
  };
}

function timePlot({ series, base, candidate }: Timeline, index: number): Plot {
  const points = (seconds: Timeline['base']): Point[] => seconds.map(({ t, p95_us }) => [t, p95_us]);
  return {
    id: `time-${index}`,
    title: `${series} over time`,
    note: 'p95 of each second by itself',
    x: { label: 'time since the load began', unit: 's' },
    y: { label: 'p95', unit: 'us' },
    series: [
      { label: 'base', ink: 1, points: points(base) },
      { label: 'candidate', ink: 2, points: points(candidate) },
    ],
  };
}

function distributionPlot(distribution: Distribution, index: number): Plot {
  const { series, base, candidate } = distribution;
  return {
    id: `distribution-${index}`,
    title: `Distribution of ${series}`,
    note: distributionNote(distribution),
    x: { label: 'percentile, one more nine at each mark', unit: 'nines' },
    y: { label: 'latency, logarithmic', unit: 'us', log: true },
    series: [
      { label: 'base', ink: 1, points: curve(base) },
      { label: 'candidate', ink: 2, points: curve(candidate) },
    ],
  };
}

function curve({ quantiles }: Distribution['base']): Point[] {
  return quantiles.map(({ percentile, value_us }) => [
    -Math.log10(1 - percentile / 100),
    Math.max(1, value_us),
  ]);
}
