// What was measured over the numbers of relays, and what the simulation makes of it, as tables for docs/scaling.md.

/** How near the simulation has to come to what was measured. */
const WITHIN = 0.2;

/** A whole number with thousands separators; below 10 one decimal. */
function count(value) {
  return value < 10 ? String(Number(value.toFixed(1))) : Math.round(value).toLocaleString('en-US');
}

/** Microseconds for people; what did not come in time has none. */
function times(us) {
  if (us === null) return '–';
  return us < 1_000 ? `${Math.round(us)} µs` : `${Number((us / 1_000).toPrecision(3))} ms`;
}

const line = (cells) => `| ${cells.join(' | ')} |`;

/** @param columns a leading `>` aligns to the right */
function table(columns, rows) {
  const rule = columns.map((column) => (column.startsWith('>') ? '--:' : ':--'));
  return [line(columns.map((column) => column.replace(/^>/, ''))), line(rule), ...rows.map(line)].join('\n');
}

/** By how much a simulated figure differs, as a share of the measured one; null where one of them is unknown. */
export function errorOf(measured, simulated) {
  return measured === null || simulated === null || measured === 0 ? null : simulated / measured - 1;
}

/**
 * The error of a limit: none where the simulated one lies between the ends of the measured one. Null where that was not measured
 * as near as the target wants; where no simulated rate holds, all of it is missing.
 */
export function errorOfLimit({ low, high }, simulated) {
  if (low === null || high === null || high > low * (1 + WITHIN)) return null;
  if (simulated === null) return -1;
  if (simulated >= low && simulated <= high) return 0;
  return simulated < low ? simulated / low - 1 : simulated / high - 1;
}

const perSecond = (rate) => (rate === null ? '–' : `${count(rate)}/s`);
const simulatedText = (rate) => (rate === null ? 'none holds' : perSecond(rate));
const signed = (share) =>
  share === null ? '–' : `${share < 0 ? '−' : '+'}${Math.abs(Math.round(share * 100))} %`;
const estimate = ({ value, low, high }, text) => `${text(value)} (${text(low)} to ${text(high)})`;
const twoDigits = (value) => String(Number(value.toPrecision(2)));

function limitText({ low, high }) {
  if (low === null) return high === null ? 'unknown' : `below ${perSecond(high)}`;
  return high === null ? `at least ${perSecond(low)}` : `${perSecond(low)} to ${perSecond(high)}`;
}

function lawText({ law, noLaw }) {
  if (law === null) return `No law: ${noLaw}.`;
  const peak = law.peakRelays === null ? 'no peak' : `peak at ${twoDigits(law.peakRelays)} relays`;
  const rate = estimate(law.ratePerRelay, count);
  const [alpha, beta] = [law.alpha, law.beta].map((one) => estimate(one, twoDigits));
  return `The law through it: X₁ = ${rate} events/s, α = ${alpha}, β = ${beta}; ${peak}. Intervals at 95 %.`;
}

/** `met`, `NOT met`, or that nothing can be said. */
export function targetText(text, errors) {
  const known = errors.filter((error) => error !== null);
  if (known.length === 0 || known.length < errors.length)
    return `- target ${text}: not decided (${known.length} of ${errors.length} known)`;
  const worst = known.reduce((most, error) => (Math.abs(error) > Math.abs(most) ? error : most), 0);
  const isMet = Math.abs(worst) <= WITHIN;
  return `- target ${text}: ${isMet ? 'met' : 'NOT met'} (worst ${signed(worst)})`;
}

function limitsTable(points) {
  return table(
    [
      'relays',
      '>measured',
      '>simulated',
      '>error',
      '>simulated, costs of `--for`',
      '>error',
      '>simulated, a core for each part',
    ],
    points.map(({ relays, measured, simulated, byForecast, apart }) => [
      relays,
      measured === null ? 'not measured' : limitText(measured),
      simulatedText(simulated),
      measured === null ? '–' : signed(errorOfLimit(measured, simulated)),
      simulatedText(byForecast),
      measured === null ? '–' : signed(errorOfLimit(measured, byForecast)),
      simulatedText(apart),
    ]),
  );
}

function curveTable(curve) {
  return table(
    ['relays', '>offered', '>achieved', '>simulated', '>mean', '>simulated', '>error', '>p95', '>simulated'],
    curve.map(({ relays, offered_per_s, measured, simulated }) => [
      relays,
      perSecond(offered_per_s),
      perSecond(measured.achieved_per_s),
      perSecond(simulated.achieved_per_s),
      times(measured.mean_us),
      times(simulated.mean_us),
      signed(errorOf(measured.mean_us, simulated.mean_us)),
      times(measured.p95_us),
      times(simulated.p95_us),
    ]),
  );
}

const PARTS = [
  ['generator', 'generator', 'generator_us'],
  ['HAProxy', 'balancer', 'balancer_us'],
  ['relay, event loop', 'relay', 'loop_us'],
  ['relay, verifying thread', null, 'verify_us'],
  ['relay, event that another one tells', null, 'told_us'],
  ['Postgres primary', 'primary', 'primary_us'],
  ['a replica', 'replica', 'replica_us'],
  ['Redis pub/sub, for each relay', 'redis', 'redis_us'],
  ['Redis Cluster', 'caches', 'caches_us'],
  ['supervisor, watcher', 'others', null],
];

function costsTable({ measured, forecast }) {
  const us = (costs, key) => (key === null ? '–' : `${Number(costs[key].toPrecision(3))} µs`);
  return table(
    ['part', '>by itself, cores', '>an event', '>an event, `--for`'],
    PARTS.map(([name, part, key]) => [
      name,
      part === null ? '–' : measured.own_cores[part].toFixed(2),
      us(measured, key),
      us(forecast, key),
    ]),
  );
}

/**
 * Everything between the markers of docs/scaling.md.
 * @param result of `bench/scaling.mjs`
 */
export function reportOf({ start, scenario, cores, scaling, points, curve, costs, planning }) {
  const { at, machine, busy_cores } = start;
  const compared = points.filter(({ measured }) => measured !== null);
  const limits = (key) => compared.map((point) => errorOfLimit(point.measured, point[key]));
  const held = curve.filter(({ measured }) => measured.verdict === 'held');
  return [
    `_${at.slice(0, 10)}: ${machine.cpuModel}, ${machine.cpus} CPUs, kernel ${machine.kernel}, Node.js ${machine.node}; others kept ${busy_cores} cores busy at the start. Scenario \`${scenario}\`; everything, generator included, on ${cores} cores._`,
    '**The limit over relays, measured and simulated**',
    limitsTable(points),
    lawText(scaling),
    [
      targetText('each simulated limit within 20 % of the measured one', limits('simulated')),
      targetText('the same with the costs of `--for`', limits('byForecast')),
      targetText(
        'each simulated throughput that holds within 20 %',
        held.map(({ measured, simulated }) => errorOf(measured.achieved_per_s, simulated.achieved_per_s)),
      ),
      targetText(
        'each simulated mean latency that holds within 20 %',
        held.map(({ measured, simulated }) => errorOf(measured.mean_us, simulated.mean_us)),
      ),
    ].join('\n'),
    '**Throughput and latency, EVENT to OK**',
    curveTable(curve),
    '**What the simulation was given**',
    costsTable(costs),
    `Of a commit, besides: ${times(costs.measured.wait_us)} of waiting that is no CPU.`,
    '**What so many users need, by `capacity --for`**',
    table(planning.columns, planning.rows),
  ].join('\n\n');
}
