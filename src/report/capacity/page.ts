import { curveOf } from '../../capacity/knee.ts';
import type { Capacity, CapacityStep } from '../../capacity/schema.ts';
import { pageDocument } from '../html/document.ts';
import { html, NO_MARKUP } from '../html/markup.ts';
import { type Chapter, chapterMarkup, pageHead, type ShownPlot } from '../html/page-parts.ts';
import { type Axis, type Ink, linesAbove, type Plot, type Point, type Series } from '../html/plot.ts';
import { sectionsMarkup } from '../html/table.ts';
import type { Section, Topic } from '../view/document.ts';
import { buildCapacityDocument, shownLatencies } from './document.ts';
import { scalingSection } from './scaling.ts';
import { scalingPlot } from './scaling-plot.ts';
import { levelOf } from './words.ts';

const BADGES = {
  LIMIT: { mark: '=', tone: 'good' },
  'AT LEAST': { mark: '≥', tone: 'warn' },
  NONE: { mark: '✗', tone: 'bad' },
  INVALID: { mark: '?', tone: 'warn' },
  STOPPED: { mark: '–', tone: 'plain' },
} as const;

/** A search as one HTML file: the limit, the throughput–latency curve with its knee, every step. */
export function capacityPage(capacity: Capacity): string {
  const { headline, sections } = buildCapacityDocument(capacity);
  const scalingTitle = scalingSection(capacity)?.title ?? null;
  const of = (topic: Topic): Section[] =>
    sections.filter((section) => section.topic === topic && section.title !== scalingTitle);
  const latency: Chapter = {
    id: 'curve',
    title: 'Throughput and latency',
    note: 'One point for each level, of several steps at one level the last. Where a line turns upwards, the relay begins to queue.',
    plots: plotsOf(capacity),
  };
  const scaling = scalingChapter(capacity);
  const steps: Chapter = { id: 'steps', title: 'Steps', plots: [] };
  const chapters = [latency, ...(scaling === null ? [] : [scaling]), steps];
  return pageDocument({
    title: `${headline.word}: ${capacity.scenario.name} · relay-bench`,
    plots: chapters.flatMap(({ plots }) => plots.map(({ plot }) => plot)),
    body: html`${pageHead({ kind: 'relay-bench capacity', badge: BADGES[headline.word], headline, chapters })}
<main>
<h2 class="hidden">Verdict</h2>
${sectionsMarkup(of('verdict'))}
${chapterMarkup(latency, of('latency'))}
${
  scaling === null
    ? NO_MARKUP
    : chapterMarkup(
        scaling,
        sections.filter(({ title }) => title === scalingTitle),
      )
}
${chapterMarkup(steps, of('load'))}
</main>
<footer>All of it is in capacity.json. Interactive plots: uPlot by Leon Sorokin, MIT licence.</footer>`,
  });
}

function scalingChapter({ scaling, unit }: Capacity): Chapter | null {
  if (scaling === null) return null;
  const plot = scalingPlot(scaling, unit);
  return { id: 'scaling', title: 'Scaling over relays', plots: plot === null ? [] : [{ plot }] };
}

function plotsOf(capacity: Capacity): ShownPlot[] {
  const curve = curveOf(capacity.steps);
  return curve.length < 2
    ? []
    : [{ plot: latencyPlot(capacity, curve) }, { plot: ratePlot(capacity, curve) }];
}

function xAxis({ of, unit }: Capacity): Axis {
  return of === 'rate'
    ? { label: `offered ${unit} per second`, unit: 'per-second' }
    : { label: 'connections', unit: 'count' };
}

function latencyPlot(capacity: Capacity, curve: readonly CapacityStep[]): Plot {
  const metrics = shownLatencies(curve);
  const lines = metrics.map((name, at): Series => {
    const points = curve.map(
      (step): Point => [levelOf(capacity, step), step.latencies[name]?.p95_us ?? null],
    );
    return { label: name, ink: (at + 1) as Ink, under: linesAbove(metrics.length, at), points };
  });
  const { knee } = capacity;
  const marked: Series[] =
    knee === null ? [] : [{ label: 'knee', ink: 'muted', points: [[levelOf(capacity, knee), knee.p95_us]] }];
  return {
    id: 'throughput-latency',
    title: 'Latency by load',
    note: 'p95 of all operations of a step.',
    x: xAxis(capacity),
    y: { label: 'p95 latency, logarithmic', unit: 'us', log: true },
    series: [...lines, ...marked],
    marks: 'both',
  };
}

function ratePlot(capacity: Capacity, curve: readonly CapacityStep[]): Plot {
  const line = (label: string, ink: Ink, of: (step: CapacityStep) => number | null): Series => ({
    label,
    ink,
    points: curve.map((step): Point => [levelOf(capacity, step), of(step)]),
  });
  return {
    id: 'achieved',
    title: 'Achieved by load',
    note: 'Where achieved leaves offered, answers are lost, refused or late beyond their timeout.',
    x: xAxis(capacity),
    y: { label: `${capacity.unit} per second`, unit: 'per-second' },
    series: [
      { ...line('offered', 'muted', (step) => step.offered_per_s), dashed: true, under: 1 },
      line('achieved', 1, (step) => step.achieved_per_s),
    ],
    marks: 'both',
  };
}
