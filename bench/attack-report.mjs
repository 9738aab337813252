// What an attack has shown, as a verdict and as a table.

/** Highest p95 of the honest client, and memory of a relay process, that are allowed (2 cores). */
const LIMITS = { p95_ms: { relay: 100, stack: 250 }, rss_mib: 512 };

/**
 * `failed`, and what was broken; `held`; or `undecided` where nothing was broken but the honest client was too slow before
 * the attack already: the machine has something else to do.
 * @returns `broken`: what no busy machine excuses; `late`: what one could
 */
export function verdictOf({ target, before, during, after, rss_mib, ended }) {
  const limit = LIMITS.p95_ms[target];
  const late = (phase, { p95_ms, failures }) => [
    ...(p95_ms < limit ? [] : [`p95 ${phase} ${Math.round(p95_ms)} ms, allowed ${limit} ms`]),
    ...(failures.length === 0 ? [] : [`${failures.length} operations failed ${phase} (${failures[0]})`]),
  ];
  const broken = [
    ...(rss_mib < LIMITS.rss_mib ? [] : [`${Math.round(rss_mib)} MiB, allowed ${LIMITS.rss_mib} MiB`]),
    ...(ended === 0 ? [] : [`${ended} relay processes ended`]),
  ];
  const lateness = [...late('during', during), ...late('after', after)];
  const isBusy = late('before', before).length > 0;
  const isFailed = broken.length > 0 || (lateness.length > 0 && !isBusy);
  const why = [...broken, ...(isBusy ? late('before', before) : lateness)];
  const verdict = isFailed ? 'failed' : isBusy ? 'undecided' : 'held';
  return { verdict, broken, late: lateness, why: why.length === 0 ? null : why.join('; ') };
}

const COLUMNS = ['attack', 'on', 'before', 'during', '5 s after', 'RSS', 'verdict', 'what it did'];

/** The machine, and a row an attack. */
export function reportOf({ at, machine, busy_cores }, rows) {
  const where = `_${at.slice(0, 10)}: ${machine.cpuModel}, ${machine.cpus} CPUs, kernel ${machine.kernel}, Node.js ${machine.node}; others kept ${busy_cores} cores busy at the start._`;
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const head = [line(COLUMNS), line(COLUMNS.map(() => ':--'))];
  return [where, '', ...head, ...rows.map((row) => line(cellsOf(row)))].join('\n');
}

function cellsOf({ attack, target, told, before, during, after, rss_mib, verdict, why }) {
  const outcome = verdict === 'held' ? verdict : `**${verdict}**: ${why}`;
  const figures = [before, during, after].map(figuresOf);
  return [attack, target, ...figures, `${Math.round(rss_mib)} MiB`, outcome, told.replaceAll('|', '\\|')];
}

/** Median, p95 and maximum, in milliseconds. */
function figuresOf({ p50_ms, p95_ms, max_ms, failures, operations }) {
  const lost = failures.length === 0 ? '' : `, ${failures.length} of ${operations} failed`;
  return `${[p50_ms, p95_ms, max_ms].map(Math.round).join(' / ')} ms${lost}`;
}
