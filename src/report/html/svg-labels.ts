import { type Box, type Candidate, placeLabels, textBox, widthOf } from './labels.ts';
import { type Html, html } from './markup.ts';
import type { Band, LimitLine, Plot } from './plot.ts';
import type { AxisScale } from './scale.ts';
import { isBeyond } from './scale.ts';
import type { Tick } from './ticks.ts';

/** Of the whole drawing and of its parts, in pixels: labels of bands above, labels of the x axis below. */
export const SIZE = { height: 240, top: 20, bottom: 26 } as const;
export const PLOT_HEIGHT = SIZE.height - SIZE.top - SIZE.bottom;

/**
 * The narrowest that a plot gets, on a phone and in two columns on paper. Labels that do not meet there do not meet in any
 * wider drawing either: their anchors move apart and their widths stay.
 */
const NARROWEST = 236;
/** Between a line and its label, and between two labels. */
const GAP = 4;
/** A row of labels within the plot. */
const ROW = 16;

/** The y of a place on the axis (0..1), in the whole drawing. */
export function pixel(place: number): number {
  return Math.round((SIZE.top + (1 - place) * PLOT_HEIGHT) * 10) / 10;
}

/** A place on the x axis (0..1) as it stands in the markup. */
export function percent(place: number): string {
  return `${Math.round(place * 10_000) / 100}%`;
}

/** Labels of limits and faults, which lie in front of the lines, then of phases; what finds no room is left out. */
export function plotLabels(
  plot: Plot,
  limits: readonly LimitLine[],
  { x, y }: { x: AxisScale; y: AxisScale },
): Html[] {
  const faults = (plot.bands ?? []).filter(({ kind }) => kind === 'fault');
  const phases = (plot.bands ?? []).filter(({ kind }) => kind !== 'fault');
  return placeLabels([
    ...oneALine(limits, y).map((limit) => limitPlaces(plot, limit, y)),
    ...faults.map((band) => faultPlaces(band, x)),
    ...phases.map((band) => phasePlaces(band, x)),
  ]);
}

/** Limits that are drawn as one line have one label. */
function oneALine(limits: readonly LimitLine[], y: AxisScale): LimitLine[] {
  const byPlace = new Map<number, LimitLine>();
  for (const limit of limits) {
    const place = pixel(y(limit.value));
    const known = byPlace.get(place);
    const label = known === undefined ? limit.label : `${known.label}, ${limit.label}`;
    byPlace.set(place, { value: limit.value, label });
  }
  return [...byPlace.values()];
}

function limitPlaces(plot: Plot, limit: LimitLine, y: AxisScale): Candidate<Html>[] {
  const at = pixel(y(limit.value));
  const beyond = isBeyond(plot, limit);
  const text = beyond ? `↑ ${limit.label}` : limit.label;
  const rows = beyond
    ? [SIZE.top + ROW - GAP, SIZE.top + 2 * ROW - GAP]
    : [at - GAP - 1, at + ROW - GAP].filter(
        (row) => row - ROW >= SIZE.top && row <= SIZE.height - SIZE.bottom,
      );
  const inPlot = rows.length === 0 ? [at + ROW - GAP] : rows;
  return inPlot.flatMap((row) =>
    (['end', 'start'] as const).map((anchor) => {
      const place = anchor === 'end' ? 1 : 0;
      const dx = anchor === 'end' ? -GAP : GAP;
      return {
        box: textBox(text, place * NARROWEST + dx, row, anchor),
        value: html`<text class="limit-label" x="${percent(place)}" y="${row}" dx="${dx}" text-anchor="${anchor}">${text}</text>`,
      };
    }),
  );
}

/** Beside its band, which is narrow; in the next row where the first is taken. */
function faultPlaces({ from, to, label }: Band, x: AxisScale): Candidate<Html>[] {
  const isLate = x(to) > 0.5;
  const sides = [
    [x(from), -GAP, 'end'],
    [x(to), GAP, 'start'],
  ] as const;
  const inOrder = isLate ? sides : sides.toReversed();
  return [SIZE.top + ROW - 2, SIZE.top + 2 * ROW - 2].flatMap((row) =>
    inOrder.flatMap(([place, dx, anchor]) => {
      const box = textBox(label, place * NARROWEST + dx, row, anchor);
      const value = html`<text class="fault-label" x="${percent(place)}" dx="${dx}" y="${row}" text-anchor="${anchor}">${label}</text>`;
      return isInside(box) ? [{ box, value }] : [];
    }),
  );
}

/** Above its band, where it is wide enough for its name. */
function phasePlaces({ from, to, label }: Band, x: AxisScale): Candidate<Html>[] {
  const [start, end] = [x(from), x(to)];
  if (label === '' || (end - start) * NARROWEST < widthOf(label) + GAP) return [];
  return [
    {
      box: textBox(label, start * NARROWEST + GAP, 13, 'start'),
      value: html`<text x="${percent(start)}" dx="${GAP}" y="13">${label}</text>`,
    },
  ];
}

function isInside({ left, right }: Box): boolean {
  return left >= 0 && right <= NARROWEST;
}

/** Marks of the x axis that leave each other room; the ends come first. */
export function xTickLabels(ticks: readonly Tick[], x: AxisScale): Html[] {
  const inOrder = [...ticks.slice(0, 1), ...ticks.slice(1).toReversed()];
  return placeLabels(
    inOrder.map(({ value, text }) => {
      const box = textBox(text, x(value) * NARROWEST, SIZE.height - 6, 'middle');
      return [
        {
          box: { ...box, left: box.left - GAP, right: box.right + GAP },
          value: html`<text class="x" x="${percent(x(value))}" y="${SIZE.height - 6}">${text}</text>`,
        },
      ];
    }),
  );
}
