// Labels of the interactive plots: of limits, faults and phases. None overprints another: each takes the first of its
// places that is free, the most important label first, and yields where none is. Stands before plots.js.

const LABEL_GAP = 4;
const LABEL_ROW = 16;

/** The box of a text as it will be drawn, in pixels of the canvas. */
function boxOf(ctx, { text, x, y, align }) {
  const { width } = ctx.measureText(text);
  const left = align === 'right' ? x - width : x;
  const ratio = uPlot.pxRatio;
  return { left, right: left + width, top: y - 12 * ratio, bottom: y + 4 * ratio };
}

const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Of each label the first place that is free and within the canvas; labels without one are left out. */
function placed(ctx, labels) {
  const boxes = [];
  return labels.flatMap((places) => {
    const free = places.find((place) => {
      const box = boxOf(ctx, place);
      return box.left >= 0 && box.right <= ctx.canvas.width && !boxes.some((other) => meet(box, other));
    });
    if (!free) return [];
    boxes.push(boxOf(ctx, free));
    return [free];
  });
}

/** Beside its line; at the upper edge with an arrow where the line lies above the scale. */
function limitPlaces({ bbox }, { label, top, isBeyond }) {
  const gap = LABEL_GAP * uPlot.pxRatio;
  const row = LABEL_ROW * uPlot.pxRatio;
  const text = isBeyond ? `↑ ${label}` : label;
  const rows = isBeyond
    ? [bbox.top + row - gap, bbox.top + 2 * row - gap]
    : [top - gap, top + row - gap].filter((y) => y - row >= bbox.top - gap && y <= bbox.top + bbox.height);
  const sides = [
    ['right', bbox.left + bbox.width - gap],
    ['left', bbox.left + gap],
  ];
  return rows.flatMap((y) => sides.map(([align, x]) => ({ text, x, y, align, kind: 'bad' })));
}

/** Beside its band, which is narrow. */
function faultPlaces(u, { from, to, label }) {
  const { bbox } = u;
  const ratio = uPlot.pxRatio;
  const [left, right] = [u.valToPos(from, 'x', true), u.valToPos(to, 'x', true)];
  if (right <= bbox.left || left >= bbox.left + bbox.width) return [];
  const sides = [
    ['left', right + LABEL_GAP * ratio],
    ['right', left - LABEL_GAP * ratio],
  ];
  if (right > bbox.left + bbox.width / 2) sides.reverse();
  return [14, 30].flatMap((row) =>
    sides
      .map(([align, x]) => ({ text: label, x, y: bbox.top + row * ratio, align, kind: 'bad' }))
      .filter((place) => boxOf(u.ctx, place).left >= bbox.left),
  );
}

/** Above its band, where it is wide enough for its name. */
function phasePlaces(u, { from, to, label }) {
  const { bbox, ctx } = u;
  const gap = LABEL_GAP * uPlot.pxRatio;
  const left = Math.max(bbox.left, u.valToPos(from, 'x', true));
  const right = Math.min(bbox.left + bbox.width, u.valToPos(to, 'x', true));
  if (label === '' || ctx.measureText(label).width + 2 * gap > right - left) return [];
  return [{ text: label, x: left + gap, y: bbox.top - 1.5 * gap, align: 'left', kind: 'muted' }];
}

/** Limits that are drawn as one line have one label. */
function limitsOf(u, plot) {
  const byTop = new Map();
  for (const { value, label } of plot.limits) {
    const isBeyond = value > plot.y.domain[1];
    const top = isBeyond ? u.bbox.top : Math.round(u.valToPos(value, 'y', true));
    const known = byTop.get(top);
    byTop.set(top, { top, isBeyond, label: known ? `${known.label}, ${label}` : label });
  }
  return [...byTop.values()];
}

/** Draws the lines of the limits on the scale, then all labels, legible on top of lines. */
function drawLabels(u, plot, colour) {
  const { ctx, bbox } = u;
  const ratio = uPlot.pxRatio;
  const limits = limitsOf(u, plot);
  const faults = plot.bands.filter(({ kind }) => kind === 'fault');
  const phases = plot.bands.filter(({ kind }) => kind !== 'fault');
  ctx.save();
  ctx.font = `${12 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = 'alphabetic';
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  ctx.strokeStyle = colour('--bad');
  for (const { top } of limits.filter(({ isBeyond }) => !isBeyond)) {
    ctx.beginPath();
    ctx.moveTo(bbox.left, top);
    ctx.lineTo(bbox.left + bbox.width, top);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.lineWidth = 4 * ratio;
  ctx.strokeStyle = colour('--page');
  const labels = [
    ...limits.map((limit) => limitPlaces(u, limit)),
    ...faults.map((band) => faultPlaces(u, band)),
    ...phases.map((band) => phasePlaces(u, band)),
  ];
  for (const { text, x, y, align, kind } of placed(ctx, labels)) {
    ctx.textAlign = align;
    ctx.fillStyle = colour(`--${kind}`);
    if (kind === 'bad') ctx.strokeText(text, x, y);
    ctx.fillText(text, x, y);
  }
  ctx.restore();
}

globalThis.reportLabels = { draw: drawLabels };
