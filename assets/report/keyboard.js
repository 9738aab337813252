// Interactive plots and their legends by keyboard. Stands before plots.js.

/** A plot's area as a slider over its points: arrows move, + and - zoom, Escape shows everything again. */
function steerByKeyboard(u, plot, textAt) {
  const { over } = u;
  const last = plot.xs.length - 1;
  let at = -1;
  over.tabIndex = 0;
  over.setAttribute('role', 'slider');
  over.setAttribute('aria-label', `${plot.title}, values along ${plot.x.label}`);
  over.setAttribute('aria-valuemin', '0');
  over.setAttribute('aria-valuemax', String(Math.max(0, last)));
  const tell = () => {
    over.setAttribute('aria-valuenow', String(Math.max(0, at)));
    over.setAttribute('aria-valuetext', textAt(Math.max(0, at)));
  };
  const show = () => {
    const left = u.valToPos(plot.xs[at], 'x');
    u.setCursor({ left, top: u.over.clientHeight / 2 });
    tell();
  };
  const zoom = (factor) => {
    const { min, max } = u.scales.x;
    const middle = plot.xs[Math.max(0, at)];
    const half = ((max - min) * factor) / 2;
    const [first, end] = plot.x.domain;
    u.setScale('x', { min: Math.max(first, middle - half), max: Math.min(end, middle + half) });
  };
  const moves = {
    ArrowLeft: () => Math.max(0, at - 1),
    ArrowRight: () => Math.min(last, at + 1),
    PageDown: () => Math.max(0, at - 10),
    PageUp: () => Math.min(last, at + 10),
    Home: () => 0,
    End: () => last,
  };
  over.addEventListener('keydown', (event) => {
    const move = moves[event.key];
    if (move) {
      at = move();
      show();
    } else if (event.key === '+') zoom(0.5);
    else if (event.key === '-') zoom(2);
    else if (event.key === 'Escape') u.setScale('x', { min: plot.x.domain[0], max: plot.x.domain[1] });
    else return;
    event.preventDefault();
  });
  over.addEventListener('blur', () => u.setCursor({ left: -10, top: -10 }));
  tell();
}

/** Each line of a legend as a button that says whether its line is shown. */
function switchByKeyboard(u) {
  const rows = [...u.root.querySelectorAll('.u-legend .u-series')].slice(1);
  for (const [at, row] of rows.entries()) {
    const button = row.querySelector('th');
    const tell = () => button.setAttribute('aria-pressed', String(u.series[at + 1].show));
    button.tabIndex = 0;
    button.setAttribute('role', 'button');
    button.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      u.setSeries(at + 1, { show: !u.series[at + 1].show });
    });
    u.hooks.setSeries = [...(u.hooks.setSeries ?? []), tell];
    tell();
  }
}

globalThis.reportKeyboard = { steer: steerByKeyboard, switches: switchByKeyboard };
