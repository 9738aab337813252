// What runs on agents have shown: samples as they came over Redis held against the merged ones, what had to hold, and the
// tables.

const PERCENTILES = [50, 75, 90, 95, 99, 99.9];
/** What has to hold. */
const MOST_LATE_P50_US = 10_000;
const MOST_OFF_SHARE = 0.005;

/**
 * Whether a merged histogram has exactly these samples, and the percentiles that follow from them when they are put in order.
 * @returns the number of samples, and what differs
 */
export function heldUnion(buckets, merged) {
  if (merged === undefined) return { samples: 0, differs: ['no latency was merged'] };
  const pairs = [...merged.toDelta().buckets];
  const own = [...buckets].sort(([a], [b]) => a - b);
  const samples = own.reduce((sum, [, count]) => sum + count, 0);
  const isSame = own.flat().join() === pairs.join();
  const wrong = PERCENTILES.filter((percentile) => {
    const bucket = merged.indexOf(merged.percentile(percentile));
    const rank = (percentile / 100) * samples;
    // Where the rank falls between two samples, either is right.
    return ![Math.floor(rank), Math.ceil(rank)]
      .map((each) => bucketAt(own, Math.max(1, each)))
      .includes(bucket);
  });
  return {
    samples,
    differs: [...(isSame ? [] : ['samples']), ...wrong.map((percentile) => `p${percentile}`)],
  };
}

/** The bucket of the sample with this rank, from 1. */
function bucketAt(sorted, rank) {
  let seen = 0;
  for (const [bucket, count] of sorted) {
    seen += count;
    if (seen >= rank) return bucket;
  }
  return -1;
}

/** All rounds with the same number of agents. */
export function summaryOf(agents, runs, rate_per_s) {
  const reports = runs.flatMap(({ result }) => result.generator.agents);
  const late_us = reports.map(({ startedLate_us }) => startedLate_us).filter((late) => late !== null);
  const seconds = runs.map(({ plan }) => (plan.phases.at(-1).endNs - plan.phases[0].startNs) / 1e9);
  return {
    agents,
    rounds: runs.length,
    planned: runs.map(({ plan }) => plannedIn(plan)),
    sent: runs.map(({ result }) => result.counters.events_sent),
    settled: runs.map(({ result }) => result.counters.events_accepted),
    rate_per_s,
    offered_per_s: runs.map(({ result }) => result.counters.events_sent / result.load.measured_s),
    samples: runs.map(({ union }) => union.samples),
    differs: [...new Set(runs.flatMap(({ union }) => union.differs))],
    late_us: { p50: middle(late_us), max: Math.max(...late_us) },
    unheard: reports.length - late_us.length,
    roundTrip_us: spread(reports.map(({ clockRoundTrip_us }) => clockRoundTrip_us)),
    drift_us: Math.max(0, ...reports.map(({ clockDrift_us }) => Math.abs(clockDrift_us ?? 0))),
    agent_bytes: Math.max(...runs.map(({ memory }) => memory.agent)),
    worker_bytes: Math.max(...runs.map(({ memory }) => memory.worker)),
    news_bytes: middle(reports.map(({ newsBytes }) => newsBytes)),
    newsOfSecond_bytes: middle(
      runs.flatMap(({ result }, at) =>
        result.generator.agents.map(({ newsBytes }) => newsBytes / seconds[at]),
      ),
    ),
    news_messages: middle(reports.map(({ newsMessages }) => newsMessages)),
    orders_bytes: middle(runs.map(({ orders_bytes }) => orders_bytes / agents)),
    invalid: runs.filter(({ result }) => result.invalidities.length > 0).length,
    reasons: [...new Set(runs.flatMap(({ result }) => result.invalidities.map(({ text }) => text)))],
  };
}

/** Arrivals of the measured phases. */
function plannedIn({ phases, streams }) {
  return streams
    .flatMap(({ perPhase }) => perPhase.filter((_, at) => phases[at].kind === 'measured'))
    .reduce((sum, count) => sum + count, 0);
}

/** What was to hold and did not. */
export function problemsOf(row) {
  const { agents, rounds, planned, sent, settled, samples, differs, late_us, unheard, offered_per_s } = row;
  const of = `${agents} agents`;
  const isCounted = planned.every(
    (count, at) => sent[at] === count && settled[at] === count && samples[at] === count,
  );
  const off = offered_per_s.filter((rate) => Math.abs(rate / row.rate_per_s - 1) > MOST_OFF_SHARE);
  return [
    ...(isCounted
      ? []
      : [`${of}: planned ${planned}, sent ${sent}, accepted ${settled}, sampled ${samples}`]),
    ...(differs.length === 0 ? [] : [`${of}: merged and sent differ in ${differs.join(', ')}`]),
    ...(late_us.p50 < MOST_LATE_P50_US ? [] : [`${of}: began ${late_us.p50} µs late, p50`]),
    ...(unheard === 0 ? [] : [`${of}: ${unheard} have not said when they began`]),
    ...(off.length === 0 ? [] : [`${of}: offered ${off.join(', ')} of ${row.rate_per_s}/s`]),
    ...(row.invalid === 0
      ? []
      : [`${of}: ${row.invalid} of ${rounds} runs invalid: ${row.reasons.join('; ')}`]),
  ];
}

/** The machine, and two tables with a row a number of agents. */
export function reportOf({ at, machine, busy_cores }, rows, { connections, rate_per_s, duration_s, rounds }) {
  const where = `_${machine.cpuModel}, ${machine.cpus} CPUs, kernel ${machine.kernel}, Node.js ${machine.node}; ${at.slice(0, 10)}; others kept ${busy_cores} cores busy at the start. All agents, their redis-server and the null relay on this machine: ${connections} connections, ${rate_per_s} events/s for ${duration_s} s after 2 s of warm-up, ${rounds} runs each._`;
  const held = table(
    [
      'agents',
      'events a run',
      'sent and accepted',
      'offered/s',
      'samples and percentiles',
      'began late: p50, max',
      'runs invalid',
    ],
    rows.map(heldCells),
  );
  const sizes = table(
    [
      'agents',
      'clock, round trip',
      'clock, drift',
      'memory of an agent',
      'of its worker',
      'sent by an agent: a second, a run',
      'messages',
      'orders to an agent',
    ],
    rows.map(sizeCells),
  );
  return [where, '', ...held, '', ...sizes].join('\n');
}

function heldCells({
  agents,
  planned,
  sent,
  settled,
  offered_per_s,
  samples,
  differs,
  late_us,
  invalid,
  rounds,
}) {
  const isExact = planned.every((count, at) => sent[at] === count && settled[at] === count);
  const isWhole = planned.every((count, at) => samples[at] === count);
  return [
    number(agents),
    span(planned),
    isExact ? 'exactly' : `${span(sent)}, ${span(settled)}`,
    span(offered_per_s, 2),
    differs.length === 0 && isWhole
      ? 'those of all agents together'
      : `differ: ${differs.join(', ') || 'count'}`,
    `${late(late_us.p50)}, ${late(late_us.max)}`,
    `${invalid} of ${rounds}`,
  ];
}

function sizeCells(row) {
  return [
    number(row.agents),
    `${row.roundTrip_us.least}–${row.roundTrip_us.most} µs`,
    `at most ${row.drift_us} µs`,
    `${(row.agent_bytes / 1e6).toFixed(0)} MB`,
    `${(row.worker_bytes / 1e6).toFixed(0)} MB`,
    `${kilobytes(row.newsOfSecond_bytes)}, ${kilobytes(row.news_bytes)}`,
    number(row.news_messages),
    kilobytes(row.orders_bytes),
  ];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function spread(values) {
  return { least: Math.min(...values), most: Math.max(...values) };
}

/** The lower of the two in the middle. */
function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** One number, or the least and the largest. */
function span(values, digits = 0) {
  const { least, most } = spread(values);
  return least === most ? number(least, digits) : `${number(least, digits)}–${number(most, digits)}`;
}

function number(value, digits = 0) {
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

function late(us) {
  return us < 1_000 ? `${us.toFixed(0)} µs` : `${(us / 1_000).toFixed(1)} ms`;
}

function kilobytes(value) {
  return `${(value / 1_000).toFixed(1)} KB`;
}
