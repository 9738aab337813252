import { decimateSeries } from './decimate.ts';
import { type Html, html, join, NO_MARKUP, raw } from './markup.ts';
import { type Band, type LimitLine, NOTHING_MEASURED, type Plot, type Series } from './plot.ts';
import { type AxisScale, axisScaleOf, isBeyond, xDomain, yDomain } from './scale.ts';
import { PLOT_HEIGHT, percent, pixel, plotLabels, SIZE, xTickLabels } from './svg-labels.ts';
import { CANVAS, pathOf } from './svg-path.ts';
import { xTicks, yTicks } from './ticks.ts';
import { plotValueText } from './units.ts';

/** More are not told apart on a page. */
const MAX_DRAWN_POINTS = 300;

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
  const shown = plot.limits ?? [];
  return html`<svg class="plot" width="100%" height="${SIZE.height}" role="img" aria-labelledby="${plot.id}-t ${plot.id}-d">
<title id="${plot.id}-t">${plot.title}</title><desc id="${plot.id}-d">${description(plot)}</desc>
${(plot.bands ?? []).map((band) => bandMarkup(band, scales.x))}${grid(plot, scales)}
<svg y="${SIZE.top}" width="100%" height="${PLOT_HEIGHT}" viewBox="0 0 ${CANVAS.width} ${CANVAS.height}" preserveAspectRatio="none">${marks === 'dots' ? NO_MARKUP : series.map((one) => line(one, scales))}</svg>${marks === 'line' ? NO_MARKUP : series.map((one) => dots(one, scales))}${limits(plot, shown, scales)}${plotLabels(plot, shown, scales)}${emptyText(plot)}
</svg>`;
}

/** Why a plot has no line. */
function emptyText(plot: Plot): Html {
  const isEmpty = plot.series.every(({ points }) => points.every(([, y]) => y === null));
  return isEmpty
    ? html`<text class="empty" x="50%" y="${SIZE.top + PLOT_HEIGHT / 2}">${plot.empty ?? NOTHING_MEASURED}</text>`
    : NO_MARKUP;
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

function line({ points, ink, dashed, under = 0 }: Series, { x, y }: Scales): Html {
  return html`<path class="line ink-${ink}${under > 0 ? ` under-${under}` : ''}${dashed === true ? ' dashed' : ''}" d="${raw(pathOf(points, x, y))}"/>`;
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
  return join([...across, ...xTickLabels(xTicks(plot), x)]);
}

function bandMarkup({ from, to, label, kind }: Band, x: AxisScale): Html {
  const [start, end] = [x(from), x(to)];
  const width = Math.max(0, end - start);
  return html`<rect class="band ${kind}" x="${percent(start)}" y="${SIZE.top}" width="${percent(width)}" height="${PLOT_HEIGHT}"><title>${label}</title></rect>`;
}

/** The limits that lie on the scale; of the others only the label says where they are. */
function limits(plot: Plot, shown: readonly LimitLine[], { y }: Scales): Html {
  return join(
    shown
      .filter((limit) => !isBeyond(plot, limit))
      .map(
        ({ value }) => html`<line class="limit" x2="100%" y1="${pixel(y(value))}" y2="${pixel(y(value))}"/>`,
      ),
  );
}
