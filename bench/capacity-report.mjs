// What `capacity` found in several searches of one relay, beside what is true of it: tables for docs/capacity.md.

import { whole } from './result.mjs';

/** How near to a known limit each search has to come. */
const WITHIN = 0.05;
/** How near searches of a relay without a known limit have to lie to the middle of them all. */
const REPEATS_WITHIN = 0.1;
const MOST_STEPS = 12;

/** What was found in one `capacity.json`. */
export function searchOf({ of, limit, steps, duration_s, ended }) {
  const { low, high, atLeast, confirmed } = limit;
  const value = of === 'rate' ? limit.rate_per_s : limit.connections;
  return {
    value,
    low,
    high,
    atLeast,
    confirmed,
    steps: steps.length,
    duration_s: Math.round(duration_s),
    ended,
  };
}

/** The difference from the truth as a share of it; null where nothing was found, or only that it carries as much. */
export function errorOf({ value, atLeast }, truth) {
  return value === null || atLeast ? null : value / truth - 1;
}

/** Half of what lies between the lowest and the highest, as a share of their middle; null where one is unknown. */
export function spreadOf(searches) {
  const values = searches.map(({ value }) => value);
  if (values.length === 0 || values.includes(null)) return null;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return (most - least) / (most + least);
}

/** Whether a search says of itself that its limit is none to rely on. */
function saysSo({ value, confirmed, atLeast }) {
  return value === null || atLeast || !confirmed;
}

/** @param unit of the limit, such as `events/s` @param truth the known limit; null where none is known */
export function targetsOf(searches, { unit, truth }) {
  if (truth === null) return repeatTargets(searches);
  const errors = searches.map((search) => errorOf(search, truth));
  const right = errors.filter((error) => error !== null && Math.abs(error) <= WITHIN).length;
  const most = Math.max(...searches.map(({ steps }) => steps));
  const many = `of ${searches.length} searches`;
  return [
    {
      text: `each search finds ${whole(truth)} ${unit} ± ${WITHIN * 100} % (${right} ${many} do)`,
      isMet: right === searches.length,
    },
    { text: `in at most ${MOST_STEPS} steps (at most ${most})`, isMet: most <= MOST_STEPS },
  ];
}

function repeatTargets(searches) {
  const spread = spreadOf(searches);
  const found = spread === null ? 'not every search found one' : `± ${(spread * 100).toFixed(1)} %`;
  const repeats = spread !== null && spread <= REPEATS_WITHIN;
  const doubted = searches.filter(saysSo).length;
  return [
    {
      text: `limits lie within ± ${REPEATS_WITHIN * 100} % (${found}), or the results say themselves that they are unsure (${doubted} of ${searches.length} do)`,
      isMet: repeats || doubted > 0,
    },
  ];
}

/**
 * A result as bench/result.mjs shows it.
 * @param one `name`, `title`, `unit`, `truth` of the relay, `start` of the benchmark, `how` its steps were
 */
export function resultOf({ name, title, unit, truth, start, how }, searches) {
  const number = (value) => (value === null ? '–' : whole(value));
  const signed = (error) =>
    error === null ? '–' : `${error < 0 ? '−' : '+'}${Math.abs(error * 100).toFixed(1)} %`;
  const columns = ['search', `>limit, ${unit}`, '>holds', '>breaks', ...(truth === null ? [] : ['>error'])];
  const rows = searches.map((search, at) => [
    at + 1,
    search.atLeast ? `at least ${number(search.value)}` : number(search.value),
    number(search.low),
    number(search.high),
    ...(truth === null ? [] : [signed(errorOf(search, truth))]),
    search.steps,
    `${search.duration_s} s`,
    search.confirmed ? 'both ends confirmed' : `not confirmed: ${search.ended}`,
  ]);
  const targets = targetsOf(searches, { unit, truth });
  const table = { title, columns: [...columns, '>steps', '>took', ''], rows, targets };
  const busy = `others kept ${start.busy_cores} cores busy at the start`;
  return { name, start, how: `${how}; ${busy}`, tables: [table], figures: { searches } };
}
