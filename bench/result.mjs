// What a benchmark gives: tables for people, in a terminal or in Markdown, and the figures of every round for
// programs. All benchmarks share it, so that docs/performance.md is written from the same tables that are shown.

import Table from 'cli-table3';
import { CLIENT_CORE, median, SERVER_CORE } from './support.mjs';

/** Where others keep more than so many cores busy, the figures are disturbed. */
const QUIET_CORES = 0.2;

/**
 * Show a result: as tables, or with `asJson` as one JSON object.
 * @param result `name` of the benchmark; `how` its figures came about where that is not by rounds; `cores` what ran where, if not as usual; `start` from `startOfBenchmark`; `rounds`; `tables` of
 *   `{ title, columns, rows, targets, notes }`, where a column that begins with ">" is aligned to the right, cells
 *   are text, `targets` are `{ text, isMet }` and `notes` sentences; `figures`: every round's numbers, by a name that
 *   ends in its unit
 */
export function showResult(result, asJson) {
  if (asJson) {
    console.log(JSON.stringify(result, null, 2));
    return;
  }
  console.log(circumstances(result));
  for (const table of result.tables) console.log(`\n${terminalTable(table)}`);
}

/** How the figures came about, in one line. */
export function circumstances({ start, rounds, how, cores = coresOf(start) }) {
  if (how !== undefined) return how;
  const disturbed =
    start.busy_cores > QUIET_CORES
      ? `; DISTURBED: others kept ${start.busy_cores} cores busy at the start`
      : '';
  return `medians of ${rounds} rounds; ${cores}${disturbed}`;
}

function coresOf({ isPinned }) {
  return isPinned
    ? `measured program on core ${CLIENT_CORE}, null relay on core ${SERVER_CORE}`
    : 'not pinned to cores (needs Linux and two of them)';
}

function terminalTable({ title, columns, rows, targets, notes = [] }) {
  const table = new Table({
    head: columns.map((column) => column.replace(/^>/, '')),
    colAligns: columns.map((column) => (column.startsWith('>') ? 'right' : 'left')),
    style: { head: [], border: [] },
  });
  table.push(...rows);
  return [title, table.toString(), ...targets.map(targetLine), ...notes].join('\n');
}

/** The tables of a result in Markdown. */
export function markdownOf(result) {
  return [circumstances(result), ...result.tables.map(markdownTable)].join('\n\n');
}

function markdownTable({ title, columns, rows, targets, notes = [] }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rules = columns.map((column) => (column.startsWith('>') ? '--:' : ':--'));
  const head = columns.map((column) => column.replace(/^>/, ''));
  const table = [line(head), line(rules), ...rows.map(line)].join('\n');
  const list = [...targets.map(targetLine), ...notes].map((text) => `- ${text}`).join('\n');
  return [`**${title}**`, table, ...(list === '' ? [] : [list])].join('\n\n');
}

function targetLine({ text, isMet }) {
  return `target ${text}: ${isMet ? 'met' : 'NOT met'}`;
}

/** The median with its range: `2.65 (2.44–2.90)`. */
export function medianAndRange(values, digits) {
  const text = (value) => (digits === 0 ? whole(value) : value.toFixed(digits));
  return `${text(median(values))} (${text(Math.min(...values))}–${text(Math.max(...values))})`;
}

/** A whole number with thousands separators. */
export function whole(value) {
  return Math.round(value).toLocaleString('en-US');
}

/** A rate per second. */
export function perSecond(value) {
  return `${whole(value)}/s`;
}

/** Carry out `rounds` rounds of all `contestants`, in turn and in changing order, so that drift hits all alike. */
export async function measureInRounds(rounds, contestants) {
  const results = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contestants : contestants.toReversed();
    for (const { name, measure } of order) {
      process.stderr.write(`round ${round + 1}/${rounds}: ${name}\n`);
      results.get(name).push(await measure());
    }
  }
  return results;
}
