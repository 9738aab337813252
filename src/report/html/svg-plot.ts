import { decimateSeries } from './decimate.ts';
import { type Html, html, join, NO_MARKUP, raw } from './markup.ts';
import type { Band, Plot, Series } from './plot.ts';
import { type AxisScale, axisScaleOf, visibleLimits, xDomain, yDomain } from './scale.ts';
import { CANVAS, pathOf } from './svg-path.ts';
import { xTicks, yTicks } from './ticks.ts';
import { plotValueText } from './units.ts';

/** Of the whole drawing and of its parts, in pixels: labels of bands above, labels of the x axis below. */
const SIZE = { height: 240, top: 20, bottom: 26 } as const;
const PLOT_HEIGHT = SIZE.height - SIZE.top - SIZE.bottom;
/** More are not told apart on a page. */
const MAX_DRAWN_POINTS = 300;
/** A narrower band has no room for its label, in parts of the width. */
const LABELLED_BAND = 0.08;

interface Scales {
  readonly x: AxisScale;
  readonly y: AxisScale;
}

/**
 * A line plot as SVG that needs no script. It takes the width of the page while its text keeps its size: places are
 * percentages and only the lines are stretched. Colours come from the classes of the style sheet.
 */
export function svgPlot(plot: Plot): Html {
  const scales: Scales = {
    x: axisScaleOf(xDomain(plot), false),
    y: axisScaleOf(yDomain(plot), plot.y.log === true),
  };
  const series = plot.series.map((one) => decimateSeries(one, MAX_DRAWN_POINTS));
  const { marks = 'line' } = plot;
  return html`<svg class="plot" width="100%" height="${SIZE.height}" role="img" aria-labelledby="${plot.id}-t ${plot.id}-d">
<title id="${plot.id}-t">${plot.title}</title><desc id="${plot.id}-d">${description(plot)}</desc>
${(plot.bands ?? []).map((band) => bandMarkup(band, scales.x))}${grid(plot, scales)}
<svg y="${SIZE.top}" width="100%" height="${PLOT_HEIGHT}" viewBox="0 0 ${CANVAS.width} ${CANVAS.height}" preserveAspectRatio="none">${marks === 'dots' ? NO_MARKUP : series.map((one) => line(one, scales))}</svg>${marks === 'line' ? NO_MARKUP : series.map((one) => dots(one, scales))}${limits(plot, scales)}${faultLabels(plot, scales.x)}
</svg>`;
}

/** What the plot shows, in words. */
function description(plot: Plot): string {
  const lines = plot.series.map((one) => {
    const values = one.points.flatMap(([, y]) => (y === null ? [] : [y])).sort((a, b) => a - b);
    const [low, high] = [values[0] ?? null, values.at(-1) ?? null];
    return `${one.label}: ${plotValueText(low, plot.y.unit)} to ${plotValueText(high, plot.y.unit)}`;
  });
  return `${plot.y.label} over ${plot.x.label}. ${lines.join('; ')}.`;
}

function line({ points, ink, dashed }: Series, { x, y }: Scales): Html {
  return html`<path class="line ink-${ink}${dashed === true ? ' dashed' : ''}" d="${raw(pathOf(points, x, y))}"/>`;
}

function dots({ points, ink }: Series, { x, y }: Scales): Html {
  return join(
    points.flatMap(([at, value]) =>
      value === null
        ? []
        : [html`<circle class="dot ink-${ink}" cx="${percent(x(at))}" cy="${pixel(y(value))}" r="3.5"/>`],
    ),
  );
}

function grid(plot: Plot, { x, y }: Scales): Html {
  const across = yTicks(plot).map(
    ({ value, text }) =>
      html`<line class="grid" x2="100%" y1="${pixel(y(value))}" y2="${pixel(y(value))}"/><text class="y" x="-8" y="${pixel(y(value))}" dy="4">${text}</text>`,
  );
  const down = xTicks(plot).map(
    ({ value, text }) => html`<text class="x" x="${percent(x(value))}" y="${SIZE.height - 8}">${text}</text>`,
  );
  return join([...across, ...down]);
}

function bandMarkup({ from, to, label, kind }: Band, x: AxisScale): Html {
  const [start, end] = [x(from), x(to)];
  const width = Math.max(0, end - start);
  const named = kind !== 'fault' && width >= LABELLED_BAND;
  const text = named ? html`<text x="${percent(start)}" dx="4" y="14">${label}</text>` : NO_MARKUP;
  return html`<rect class="band ${kind}" x="${percent(start)}" y="${SIZE.top}" width="${percent(width)}" height="${PLOT_HEIGHT}"><title>${label}</title></rect>${text}`;
}

/** Beside their bands, which are narrow, and in front of the lines. */
function faultLabels({ bands = [] }: Plot, x: AxisScale): Html {
  const faults = bands.filter((band) => band.kind === 'fault');
  return join(
    faults.map(({ from, to, label }) => {
      const isLate = x(to) > 0.5;
      const [at, dx, anchor] = isLate ? [x(from), -4, 'end'] : [x(to), 4, 'start'];
      return html`<text class="fault-label" x="${percent(at)}" dx="${dx}" y="${SIZE.top + 14}" text-anchor="${anchor}">${label}</text>`;
    }),
  );
}

function limits(plot: Plot, { y }: Scales): Html {
  return join(
    visibleLimits(plot).map(
      ({ value, label }) =>
        html`<line class="limit" x2="100%" y1="${pixel(y(value))}" y2="${pixel(y(value))}"/><text class="limit-label" x="100%" y="${pixel(y(value))}" dx="-4" dy="-5">${label}</text>`,
    ),
  );
}

function percent(place: number): string {
  return `${Math.round(place * 10_000) / 100}%`;
}

/** The y of a place on the axis, in the whole drawing. */
function pixel(place: number): number {
  return Math.round((SIZE.top + (1 - place) * PLOT_HEIGHT) * 10) / 10;
}
