import { type Cell, type Column, cell, type Table } from '../view/document.ts';
import { decimateSeries, groupSize, MAX_POINTS } from './decimate.ts';
import { type Html, html, NO_MARKUP } from './markup.ts';
import type { Keep, Plot, Series } from './plot.ts';
import { align } from './plot.ts';
import { svgPlot } from './svg-plot.ts';
import { tableMarkup } from './table.ts';
import { plotValueText } from './units.ts';

/** Rows of a table below a plot; who wants each second reads run.json. */
const MAX_ROWS = 30;

/**
 * A plot with its heading, legend and a folded table of its values. It is complete without a script; the script of the
 * page puts an interactive plot in place of the drawing.
 * @param table the values where the plot's own points are not the ones worth reading
 */
export function figureMarkup(plot: Plot, table: Table = tableOf(plot)): Html {
  return html`<figure id="${plot.id}">
<figcaption><h3>${plot.title}</h3><p>${plot.y.label}</p></figcaption>
<div class="legend">${plot.series.map(legendEntry)}</div>
<div class="drawing">${svgPlot(plot)}<div class="interactive" hidden></div></div>
${xLabel(plot)}${plot.note === undefined ? NO_MARKUP : html`<p class="note">${plot.note}</p>`}${thinned(plot)}
<details><summary>Data<span class="hidden"> of ${plot.title}</span></summary>${tableMarkup(table, caption(plot, table))}</details>
</figure>
`;
}

/** Marks such as 0:30 explain themselves. */
function xLabel({ x }: Plot): Html {
  return x.unit === 's' ? NO_MARKUP : html`<p class="axis-label">${x.label}</p>`;
}

function legendEntry({ label, ink, dashed, under = 0 }: Series): Html {
  return html`<span><svg width="22" height="10" aria-hidden="true"><path class="line ink-${ink}${under > 0 ? ` under-${under}` : ''}${dashed === true ? ' dashed' : ''}" d="M1 5h20"/></svg>${label}</span>`;
}

/** Says so where points were left out of the drawing. */
function thinned(plot: Plot): Html {
  const size = groupSize(longest(plot), plot.maxPoints ?? MAX_POINTS);
  if (size === 1) return NO_MARKUP;
  const what = plot.x.unit === 's' ? `${size} seconds` : `${size} values`;
  const keeps = [...new Set(plot.series.map((one) => one.keep ?? 'highest'))].join(' or ');
  return html`<p class="note">Each point stands for ${what}: the ${keeps} of them.</p>`;
}

function longest(plot: Plot): number {
  return Math.max(0, ...plot.series.map((one) => one.points.length));
}

function tableOf(plot: Plot): Table {
  const isThinned = longest(plot) > MAX_ROWS;
  const { xs, columns } = align(plot.series.map((one) => decimateSeries(one, MAX_ROWS)));
  const heads = plot.series.map((one): Column => ({ title: headOf(one, isThinned), align: 'right' }));
  const rows = xs.map((x, at): Cell[] => [
    cell(plotValueText(x, plot.x.unit)),
    ...columns.map((column) => cell(plotValueText(column[at] ?? null, plot.y.unit))),
  ]);
  return { kind: 'table', columns: [{ title: plot.x.label, align: 'left' }, ...heads], rows };
}

function headOf(series: Series, isThinned: boolean): string {
  return isThinned ? `${series.label} (${WORDS[series.keep ?? 'highest']})` : series.label;
}

const WORDS: Record<Keep, string> = { highest: 'highest', lowest: 'lowest', mean: 'mean' };

function caption(plot: Plot, table: Table): string {
  const size = groupSize(longest(plot), MAX_ROWS);
  return size > 1 && table.rows.length <= MAX_ROWS
    ? `${plot.y.label}; each row stands for ${size} values`
    : plot.y.label;
}
