import type { RunRecord } from '../../record/schema.ts';
import { count } from '../quantity.ts';
import { buildDocument } from '../view/build-document.ts';
import type { ReportDocument, Section, Topic } from '../view/document.ts';
import { pointsPerLine } from './decimate.ts';
import { pageDocument } from './document.ts';
import { keyFigures } from './key-figures.ts';
import { type Html, html, preformatted } from './markup.ts';
import { type Chapter, chapterMarkup, pageHead, type ShownPlot } from './page-parts.ts';
import type { Plot } from './plot.ts';
import { latencyOverTime } from './plots/latency-over-time.ts';
import { connectionPlot, deliveryPlot, errorPlot, ratePlot } from './plots/load.ts';
import { percentileCurve, percentileTable } from './plots/percentile-curve.ts';
import { relayMetricsPlot } from './plots/relay-metrics.ts';
import { cpuPlot, memoryPlot } from './plots/resources.ts';
import { throughputCurve } from './plots/throughput-curve.ts';
import { shownIntervals } from './plots/time.ts';
import { sectionsMarkup } from './table.ts';

/** A chapter with the topic of its sections. */
interface RunChapter extends Chapter {
  readonly topic: Topic | undefined;
}

const BADGES = {
  PASS: { mark: '✓', tone: 'good' },
  FAIL: { mark: '✗', tone: 'bad' },
  INVALID: { mark: '!', tone: 'warn' },
  STOPPED: { mark: '■', tone: 'plain' },
} as const;

/** The report of a run as one HTML file: verdict first, then what explains it, then what to doubt. */
export function reportPage(record: RunRecord): string {
  const report = buildDocument(record);
  const chapters = withinBudget(chaptersOf(record)).filter(
    ({ plots, topic }) => plots.length > 0 || sectionsOf(report, topic).length > 0,
  );
  const { headline } = report;
  return pageDocument({
    title: `${headline.word}: ${record.scenario.name} · relay-bench`,
    plots: chapters.flatMap((chapter) => chapter.plots.map((shown) => shown.plot)),
    body: html`${pageHead({ kind: 'relay-bench report', badge: BADGES[headline.word], headline, chapters })}
<main>
${keyFigures(record)}
<h2 class="hidden">Verdict</h2>
<div class="columns">${sectionsMarkup(sectionsOf(report, 'verdict'))}</div>
${chapters.map((chapter) => chapterMarkup(chapter, sectionsOf(report, chapter.topic)))}
${scenarioMarkup(record)}
</main>
${foot(record)}`,
  });
}

function withinBudget(chapters: readonly RunChapter[]): RunChapter[] {
  const maxPoints = pointsPerLine(chapters.flatMap((chapter) => chapter.plots.map(({ plot }) => plot)));
  return chapters.map((chapter) => ({
    ...chapter,
    plots: chapter.plots.map((shown) => ({ ...shown, plot: { ...shown.plot, maxPoints } })),
  }));
}

function chaptersOf(record: RunRecord): RunChapter[] {
  const overTime = shownIntervals(record).length > 1;
  const shown = (...plots: readonly (Plot | null)[]): ShownPlot[] =>
    overTime ? plots.flatMap((plot) => (plot === null ? [] : [{ plot }])) : [];
  const curve = percentileCurve(record);
  const throughput = throughputCurve(record);
  return [
    {
      id: 'latency',
      title: 'Latency',
      note: 'Plots over time show the percentiles of each second by itself: with few operations a second, p99 is the slowest of them. Their axes are the same.',
      topic: 'latency',
      plots: [
        ...shown(...latencyOverTime(record)),
        ...(curve === null ? [] : [{ plot: curve, table: percentileTable(record) }]),
        ...(throughput === null ? [] : [throughput]),
      ],
    },
    {
      id: 'load',
      title: 'Load and delivery',
      topic: 'load',
      plots: shown(ratePlot(record), deliveryPlot(record), connectionPlot(record), relayMetricsPlot(record)),
    },
    { id: 'errors', title: 'Errors', topic: 'errors', plots: shown(errorPlot(record)) },
    { id: 'machine', title: 'Machine', topic: 'machine', plots: shown(cpuPlot(record), memoryPlot(record)) },
    { id: 'run', title: 'About this run', topic: undefined, plots: [] },
  ];
}

function sectionsOf(report: ReportDocument, topic: Topic | undefined): Section[] {
  return report.sections.filter((section) => section.topic === topic);
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
