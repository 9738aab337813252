// What the repetitions of a fault have shown, as a verdict and as a table.

import { FIGURES, POOLED } from './faults-cases.mjs';

/**
 * The figures of a case over its repetitions. `held` where every one of them is within its limit in every repetition, percentiles
 * of few clients in all of them together; a figure that is not known holds nothing. A run that is invalid by the doing of its
 * generator or machine is `undecided`.
 */
export function summaryOf({ name, most, measured }, records, percentileOf) {
  const invalid = records.filter((record) => record.verdict === 'invalid');
  // What a late generator or a busy machine has measured says nothing of the stack.
  const valid = records.filter((record) => record.verdict !== 'invalid');
  const names = [...Object.keys(most), ...measured];
  const figures = names.map((figure) => {
    const values = valid.map((record) => FIGURES[figure](record));
    const limit = most[figure] ?? null;
    const pooled = POOLED[figure] === undefined ? {} : { pooled: percentileOf(POOLED[figure], valid) };
    return { figure, limit, ...spread(values), ...pooled };
  });
  const judged = ({ pooled, worst }) => (pooled === undefined ? worst : pooled);
  const isBroken = (each) => each.limit !== null && (judged(each) === null || judged(each) > each.limit);
  const broken = valid.length === 0 ? [] : figures.filter(isBroken);
  const why = broken.map((each) =>
    judged(each) === null
      ? `${each.figure} not known`
      : `${each.figure} ${round(judged(each))}, allowed ${each.limit}`,
  );
  if (broken.length === 0 && invalid.length > 0)
    why.push(invalid[0].validity.reasons[0] ?? 'a run was invalid');
  const verdict = broken.length > 0 ? 'failed' : invalid.length > 0 ? 'undecided' : 'held';
  return { name, verdict, why: why.length === 0 ? null : why.join('; '), figures };
}

/** Median and worst; null where a repetition does not know it. */
function spread(values) {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  const median = known[Math.floor((known.length - 1) / 2)] ?? null;
  return {
    median,
    worst: known.length < values.length ? null : (known.at(-1) ?? null),
    unknown: values.length - known.length,
  };
}

const COLUMNS = [
  'fault',
  'must hold: median, worst (limit)',
  'measured besides: median, worst',
  'verdict',
  'measured on',
];

/** The machine, and a row a fault. */
export function reportOf({ at, machine, busy_cores }, rows, repetitions) {
  const where = `_${machine.cpuModel}, ${machine.cpus} CPUs, kernel ${machine.kernel}, Node.js ${machine.node}; ${repetitions} runs each; others kept ${busy_cores} cores busy at the start._`;
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const head = [line(COLUMNS), line(COLUMNS.map(() => ':--'))];
  return [where, '', ...head, ...rows.map((row) => line([...cellsOf(row), at.slice(0, 10)]))].join('\n');
}

/**
 * The newer report with the rows of the older text that it does not have.
 * @param {string} older anything with the rows of such a table in it
 * @param {readonly string[]} order of the faults
 * @param {string} newer
 */
export function mergedReport(older, order, newer) {
  const rows = new Map([...rowsOf(older), ...rowsOf(newer)]);
  const head = newer.split('\n').filter((line) => !rows.has(faultOf(line)));
  return [...head, ...order.flatMap((name) => rows.get(name) ?? [])].join('\n');
}

/** @returns {(readonly [string, string])[]} */
function rowsOf(text) {
  const lines = text.split('\n').map((line) => /** @type {const} */ ([faultOf(line), line]));
  return lines.filter(([name]) => name !== '' && name !== COLUMNS[0] && name !== ':--');
}

/** What a row of the table is about; empty for what is no row. */
function faultOf(line) {
  return line.startsWith('| ') ? (line.slice(2).split(' | ', 1)[0] ?? '') : '';
}

function cellsOf({ name, verdict, why, figures }) {
  const limited = figures.filter(({ limit }) => limit !== null);
  const others = figures.filter(({ limit }) => limit === null);
  const outcome = verdict === 'held' ? verdict : `**${verdict}**: ${(why ?? '').replaceAll('|', '\\|')}`;
  return [name, limited.map(textOf).join('; ') || '–', others.map(textOf).join('; ') || '–', outcome];
}

function textOf({ figure, limit, median, worst, unknown, pooled }) {
  const each = median === worst ? round(worst) : `${round(median)}, ${round(worst)}`;
  const numbers = pooled === undefined ? each : `${round(pooled)} of all runs, of each ${each}`;
  const gap = unknown > 0 ? ` (${unknown} not known)` : '';
  return `${figure} ${numbers}${gap}${limit === null ? '' : ` (${limit})`}`;
}

function round(value) {
  if (value === null) return '–';
  return Number.isInteger(value) || Math.abs(value) >= 100 ? String(Math.round(value)) : value.toFixed(1);
}
