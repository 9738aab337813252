// Puts interactive plots in place of the drawings of a report: values under the pointer, zoom by dragging, lines
// switched on and off in the legend. Without this script the report is complete. Runs in a browser, after uPlot.

const HEIGHT = 240;
const Y_AXIS_WIDTH = 60;
const WHOLE_PLOT_PADDING = [20, 24, 0, 0];
const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];
/** There is no run one and a half. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const STEPS = { s: TIME_STEPS_S, count: WHOLE_STEPS };

/** A colour of the style sheet, which knows light and dark. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const short = (value) =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

function durationText(us) {
  const value = Number(us.toPrecision(3));
  if (value < 1000) return `${Math.round(value)} µs`;
  if (value < 1e6) return `${(value / 1e3).toPrecision(3)} ms`;
  return `${(value / 1e6).toPrecision(3)} s`;
}

function clockText(seconds) {
  const whole = Math.round(seconds);
  const two = (value) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

function bytesText(bytes) {
  const power = Math.min(4, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${short(bytes / 1024 ** power)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

const TEXTS = {
  us: durationText,
  s: clockText,
  'per-second': (value) => `${short(value)}/s`,
  count: short,
  cores: (value) => value.toFixed(2),
  bytes: bytesText,
  nines: (value) => `${Number((100 * (1 - 10 ** -value)).toPrecision(6))} %`,
};

const valueText = (value, unit) => (value === null || value === undefined ? '–' : TEXTS[unit](value));

function axes({ x, y }) {
  const common = {
    stroke: colour('--muted'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: colour('--rule'), width: 1 },
    ticks: { show: false },
  };
  const marks = { splits: () => y.ticks[0], values: () => y.ticks[1] };
  const xMarks =
    x.unit === 'nines'
      ? ninesAxis(x)
      : {
          values: (_, splits) => splits.map((value) => TEXTS[x.unit](value).replace('/s', '')),
          space: 80,
          ...(x.unit in STEPS ? { incrs: STEPS[x.unit] } : {}),
        };
  return [
    { ...common, ...xMarks, size: 26, gap: 6, grid: { show: false } },
    { ...common, ...marks, size: Y_AXIS_WIDTH, gap: 6 },
  ];
}

/** Percentiles have marks where they stand, the higher ones first; those that would meet are left out. */
function ninesAxis({ ticks: [places, texts] }) {
  const shown = (u) => {
    const ends = [];
    return places.toReversed().filter((place) => {
      const at = u.valToPos(place, 'x');
      const half = (texts[places.indexOf(place)].length * 7.2) / 2 + 4;
      const isFree = ends.every(([left, right]) => at + half < left || at - half > right);
      if (isFree) ends.push([at - half, at + half]);
      return isFree;
    });
  };
  const textOf = (place) => texts[places.indexOf(place)] ?? '';
  return {
    splits: () => places,
    values: (u) => places.map((place) => (shown(u).includes(place) ? textOf(place) : '')),
  };
}

/** The labels of axes are sentences; beside a value there is room for a word. */
const X_NAMES = { s: 'time', nines: 'percentile', 'per-second': 'throughput' };

function lines({ x, y, series, marks }) {
  const first = { label: X_NAMES[x.unit] ?? 'at', value: (_, value) => valueText(value, x.unit) };
  const others = series.map(({ label, ink, dashed, under }) => ({
    label,
    stroke: colour(`--ink-${ink}`),
    width: 1.75 + under,
    ...(dashed ? { dash: [5, 4] } : {}),
    ...(marks === 'dots' ? { paths: () => null } : {}),
    points: marks !== 'line' ? { show: true, size: 8, fill: colour('--page'), width: 2 } : { show: false },
    value: (_, value) => valueText(value, y.unit),
  }));
  return [first, ...others];
}

const BAND_COLOURS = { 'warm-up': '--band-warm-up', shaded: '--band', fault: '--band-fault' };

function shadeBand(u, { from, to, kind }) {
  const { ctx, bbox } = u;
  const left = Math.max(bbox.left, u.valToPos(from, 'x', true));
  const right = Math.min(bbox.left + bbox.width, u.valToPos(to, 'x', true));
  if (right <= left) return;
  if (kind !== 'plain') {
    ctx.fillStyle = colour(BAND_COLOURS[kind]);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
}

const shade = (plot) => (u) => {
  u.ctx.save();
  for (const band of plot.bands) shadeBand(u, band);
  u.ctx.restore();
};

/** Why a plot has no line. */
function sayWhyEmpty(u, plot) {
  if (plot.data.slice(1).some((column) => column.some((y) => typeof y === 'number'))) return;
  const { ctx, bbox } = u;
  ctx.save();
  ctx.font = `${12 * uPlot.pxRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.fillStyle = colour('--muted');
  ctx.fillText(plot.empty, bbox.left + bbox.width / 2, bbox.top + bbox.height / 2);
  ctx.restore();
}

/** A piece of the line, dashed as it is. */
function markerOf(series) {
  const ink = series.stroke();
  return series.dash ? `repeating-linear-gradient(90deg, ${ink} 0 5px, transparent 5px 8px)` : ink;
}

function options(plot, width) {
  const [first, last] = plot.x.domain;
  const { xs } = plot;
  return {
    width,
    height: HEIGHT,
    padding: WHOLE_PLOT_PADDING,
    scales: {
      x: {
        time: false,
        // All of the data is the whole axis, which may be longer; anything less was zoomed into.
        range: (_, low, high) => (low <= xs[0] && high >= xs[xs.length - 1] ? [first, last] : [low, high]),
      },
      y: { distr: plot.y.log ? 3 : 1, range: () => plot.y.domain },
    },
    axes: axes(plot),
    series: lines(plot),
    // Plots over time show the same moment together.
    cursor: {
      drag: { x: true, y: false },
      points: { size: 7 },
      ...(plot.x.unit === 's' ? { sync: { key: 'time' } } : {}),
    },
    legend: { markers: { width: 0, fill: (u, at) => markerOf(u.series[at]) } },
    hooks: {
      drawClear: [shade(plot)],
      draw: [(u) => globalThis.reportLabels.draw(u, plot, colour), (u) => sayWhyEmpty(u, plot)],
      // Values stand in the legend only while the cursor is in the plot.
      setCursor: [(u) => u.root.classList.toggle('reading', u.cursor.idx !== null && u.cursor.left >= 0)],
    },
  };
}

/** Evenly spaced places come as their first, their distance and how many they are. */
const placesOf = ([xs]) =>
  Array.isArray(xs) ? xs : Array.from({ length: xs.length }, (_, at) => xs.first + at * xs.step);

function mount(plot) {
  const figure = document.getElementById(plot.id);
  const place = figure?.querySelector('.interactive');
  if (!place) return null;
  const data = [
    plot.xs,
    ...plot.data.slice(1).map((column) => column.map((y) => (y === '' ? undefined : y))),
  ];
  place.hidden = false;
  figure.classList.add('live');
  const drawn = new uPlot(options(plot, place.clientWidth), data, place);
  const canvas = drawn.root.querySelector('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `${plot.title}; its values stand in the table below`);
  globalThis.reportKeyboard.steer(drawn, plot, (at) => valuesAt(plot, at));
  globalThis.reportKeyboard.switches(drawn);
  return { place, drawn };
}

/** What the plot shows at one of its places, in words. */
function valuesAt(plot, at) {
  const values = plot.series.map(({ label }, of) => {
    const value = plot.data[of + 1][at];
    return `${label} ${valueText(typeof value === 'number' ? value : null, plot.y.unit)}`;
  });
  return `${valueText(plot.xs[at], plot.x.unit)}: ${values.join(', ')}`;
}

const plots = JSON.parse(document.getElementById('plot-data').textContent).map((plot) => ({
  ...plot,
  xs: placesOf(plot.data),
}));
let mounted = [];

function mountAll() {
  for (const { drawn } of mounted) drawn.destroy();
  mounted = plots.map(mount).filter((one) => one !== null);
}

mountAll();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', mountAll);
const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const found = mounted.find(({ place }) => place === target);
    if (found && target.clientWidth > 0) found.drawn.setSize({ width: target.clientWidth, height: HEIGHT });
  }
});
for (const { place } of mounted) resized.observe(place);
