import type { RunRecord } from '../../record/schema.ts';
import type { Section, Topic } from '../view/document.ts';
import { pointsPerLine } from './decimate.ts';
import type { Chapter, ShownPlot } from './page-parts.ts';
import type { Plot } from './plot.ts';
import { latencyOverTime } from './plots/latency-over-time.ts';
import { connectionPlot, deliveryPlot, errorPlot, ratePlot } from './plots/load.ts';
import { percentileCurve, percentileTable } from './plots/percentile-curve.ts';
import { relayMetricsPlot } from './plots/relay-metrics.ts';
import { cpuPlot, memoryPlot } from './plots/resources.ts';
import { throughputCurve } from './plots/throughput-curve.ts';
import { shownIntervals } from './plots/time.ts';

/** A chapter of the page of a run, with the sections that belong to it. */
export interface FilledChapter extends Chapter {
  readonly sections: readonly Section[];
}

/** A chapter with the topic of its sections. */
interface TopicChapter extends Chapter {
  readonly topic: Topic | undefined;
}

/** The chapters of a run that have something to show, within the size that a page may have. */
export function runChapters(record: RunRecord, sections: readonly Section[]): FilledChapter[] {
  return withinBudget(chaptersOf(record))
    .map((chapter) => ({ ...chapter, sections: sectionsAbout(sections, chapter.topic) }))
    .filter((chapter) => chapter.plots.length > 0 || chapter.sections.length > 0);
}

/** Those of a topic, in their order. */
export function sectionsAbout(sections: readonly Section[], topic: Topic | undefined): Section[] {
  return sections.filter((section) => section.topic === topic);
}

function withinBudget(chapters: readonly TopicChapter[]): TopicChapter[] {
  const maxPoints = pointsPerLine(chapters.flatMap((chapter) => chapter.plots.map(({ plot }) => plot)));
  return chapters.map((chapter) => ({
    ...chapter,
    plots: chapter.plots.map((shown) => ({ ...shown, plot: { ...shown.plot, maxPoints } })),
  }));
}

function chaptersOf(record: RunRecord): TopicChapter[] {
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
