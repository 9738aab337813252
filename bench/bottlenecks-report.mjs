// What the runs before and after a change have shown, as figures and as a table.

/** One run: how it was answered, what it cost, and what `diagnose` says of it. */
export function figuresOf(record, diagnosis) {
  const { metrics, load, counters, components, verdict, validity } = record;
  const quantile = (key) => {
    const value = metrics.eose_latency?.[key] ?? null;
    return value === null ? null : value / 1_000;
  };
  const [first] = diagnosis.suspects;
  return {
    p50_ms: quantile('p50_us'),
    p95_ms: quantile('p95_us'),
    answered_per_s: load.measured_s === 0 ? null : counters.queries_completed / load.measured_s,
    unanswered: counters.queries_timeout + counters.queries_closed,
    postgres_cores: sum(components.filter(({ name }) => name.startsWith('postgres-'))),
    relays_cores: sum(components.filter(({ name }) => name.startsWith('relay-'))),
    bottleneck: diagnosis.bottleneck,
    title: first?.title ?? null,
    evidence: first?.evidence ?? [],
    isValid: verdict !== 'invalid',
    reasons: validity.reasons,
  };
}

function sum(components) {
  const known = components.flatMap(({ cpuShare }) => (cpuShare === null ? [] : [cpuShare]));
  return known.length < components.length ? null : known.reduce((all, share) => all + share, 0);
}

/**
 * Several runs as one: medians, and what `diagnose` says of most of them with the evidence of the first that says so. A run that
 * its generator has spoilt counts too, because a machine that a bottleneck keeps busy is no quiet one; it is counted.
 */
export function summaryOf(figures) {
  const over = (key) => medianOf(figures.map((one) => one[key]));
  const counts = new Map();
  for (const { title } of figures) counts.set(title, (counts.get(title) ?? 0) + 1);
  const [[title, times] = [null, 0]] = [...counts].sort(([, a], [, b]) => b - a);
  const told = figures.find((one) => one.title === title);
  return {
    ...{ p50_ms: over('p50_ms'), p95_ms: over('p95_ms'), answered_per_s: over('answered_per_s') },
    ...{ unanswered: figures.reduce((all, one) => all + one.unanswered, 0) },
    ...{ postgres_cores: over('postgres_cores'), relays_cores: over('relays_cores') },
    ...{ title, times, runs: figures.length, evidence: told?.evidence ?? [] },
    invalid: figures.filter(({ isValid }) => !isValid).length,
  };
}

/** What `ab` says of one metric; where it has no verdict, why. */
export function comparisonOf({ comparison, why }, metric) {
  const found = comparison?.quantities.find(({ key }) => key === metric);
  if (found === undefined) return { verdict: null, change: null, low: null, high: null, pairs: 0, why };
  const { change, changeLow, changeHigh, verdict } = found;
  return { verdict, change, low: changeLow, high: changeHigh, pairs: comparison.base.length, why: null };
}

/** Null where one of them is not known. */
function medianOf(values) {
  if (values.length === 0 || values.some((value) => value === null)) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const COLUMNS = [
  'bottleneck',
  'stack up',
  '`diagnose` says',
  'answered/s',
  'EOSE p50 / p95, ms',
  'Postgres, relays: cores',
  '`ab`: EOSE p95, after against before',
];

/**
 * The machine, two rows a bottleneck, and the evidence of each diagnosis.
 * @param start from `startOfBenchmark`
 * @param rows each `{ title, before: { flags, summary }, after: { flags, summary }, comparison }`
 */
export function reportOf({ at, machine, busy_cores }, rows) {
  const where = `_${at.slice(0, 10)}: ${machine.cpuModel}, ${machine.cpus} CPUs, kernel ${machine.kernel}, Node.js ${machine.node}; others kept ${busy_cores} cores busy at the start._`;
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const body = rows.flatMap(({ title, before, after, comparison }) => [
    line([`${title}: before`, ...cellsOf(before), '']),
    line(['after', ...cellsOf(after), changeText(comparison)]),
  ]);
  const evidence = rows.flatMap(({ title, before: { summary } }) =>
    summary.evidence.length === 0 ? [] : [`- **${title}**: ${summary.evidence.join('; ')}`],
  );
  return [where, '', line(COLUMNS), line(COLUMNS.map(() => ':--')), ...body, '', ...evidence]
    .join('\n')
    .trimEnd();
}

/**
 * The newer report with what the older text has of bottlenecks that it does not have.
 * @param {string} older anything with such a table in it
 * @param {readonly string[]} order titles of all bottlenecks
 * @param {string} newer
 */
export function mergedReport(older, order, newer) {
  const parts = new Map([...partsOf(older, order), ...partsOf(newer, order)]);
  const chosen = order.flatMap((title) => parts.get(title) ?? []);
  const [where, , head, rule] = newer.split('\n');
  const evidence = chosen.flatMap((part) => part.evidence);
  return [where, '', head, rule, ...chosen.flatMap(({ rows }) => rows), '', ...evidence].join('\n').trimEnd();
}

/** The two rows of each bottleneck, and the line of its evidence where it has one. */
function partsOf(text, order) {
  const lines = text.split('\n');
  return order.flatMap((title) => {
    const at = lines.findIndex((line) => line.startsWith(`| ${title}: before |`));
    if (at === -1) return [];
    const evidence = lines.filter((line) => line.startsWith(`- **${title}**: `));
    return [/** @type {const} */ ([title, { rows: lines.slice(at, at + 2), evidence }])];
  });
}

function cellsOf({ flags, summary }) {
  const { title, times, runs, invalid, unanswered } = summary;
  const share = times < runs ? ` (${times} of ${runs} runs)` : '';
  const doubt = invalid > 0 ? `; ${invalid} of ${runs} runs INVALID` : '';
  const left = unanswered > 0 ? ` (${unanswered} not answered)` : '';
  return [
    `\`${['scaled', ...flags].join(' ')}\``,
    `${title ?? 'nothing seen'}${share}${doubt}`,
    `${number(summary.answered_per_s)}${left}`,
    `${number(summary.p50_ms)} / ${number(summary.p95_ms)}`,
    `${number(summary.postgres_cores)}, ${number(summary.relays_cores)}`,
  ];
}

function changeText({ verdict, change, low, high, pairs, why }) {
  if (verdict === null) return `no verdict: ${why}`;
  if (change === null)
    return `${verdict}, by how much is not known: too many were not answered (${pairs} pairs)`;
  const percent = (share) => (share === null ? '?' : `${share > 0 ? '+' : ''}${(100 * share).toFixed(0)} %`);
  return `${verdict}: ${percent(change)} (${percent(low)} to ${percent(high)}, ${pairs} pairs)`;
}

function number(value) {
  if (value === null) return '–';
  if (value >= 100) return String(Math.round(value));
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
