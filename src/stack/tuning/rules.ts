/** What a value has to be: null where it is so, else what it must be, to stand after its name. */
export type Rule = (value: string) => string | null;

/** One of some words. */
export function oneOf(...words: readonly string[]): Rule {
  const listed = words.length === 2 ? words.join(' or ') : words.join(', ');
  return (value) => (words.includes(value) ? null : `must be ${listed}`);
}

export const ON_OR_OFF: Rule = oneOf('on', 'off');

/** A whole number, both ends included. */
export function whole(least: number, most: number): Rule {
  return (value) => {
    const isWhole = /^\d{1,15}$/.test(value) && Number(value) >= least && Number(value) <= most;
    return isWhole ? null : `must be a whole number from ${least} to ${most}`;
  };
}

/** A number with or without decimals, both ends included. */
export function decimal(least: number, most: number): Rule {
  return (value) => {
    const isNumber = /^\d{1,9}(?:\.\d{1,9})?$/.test(value) && Number(value) >= least && Number(value) <= most;
    return isNumber ? null : `must be a number from ${least} to ${most}, such as 1.5`;
  };
}

/** Units of Postgres, which tells capitals from small letters. */
const KILOBYTES: ReadonlyMap<string, number> = new Map([
  ['kB', 1],
  ['MB', 2 ** 10],
  ['GB', 2 ** 20],
  ['TB', 2 ** 30],
]);
const MOST_KB = 2 ** 30;

/** A size with its unit: without one Postgres counts some settings in kilobytes and others in pages. */
export function size(least_kb: number): Rule {
  return (value) => {
    const [, digits = '', unit = ''] = /^(\d{1,12})(\D{1,2})$/.exec(value) ?? [];
    const kilobytes = Number(digits) * (KILOBYTES.get(unit) ?? Number.NaN);
    if (kilobytes >= least_kb && kilobytes <= MOST_KB) return null;
    return `must be a size from ${least_kb}kB to 1TB with its unit (kB, MB, GB, TB), such as 64MB`;
  };
}

const MILLISECONDS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** A time with its unit, as Postgres writes it. */
export function time(least_ms: number, most_ms: number): Rule {
  return (value) => {
    const [, digits = '', unit = ''] = /^(\d{1,12})(\D{1,3})$/.exec(value) ?? [];
    const milliseconds = Number(digits) * (MILLISECONDS.get(unit) ?? Number.NaN);
    if (milliseconds >= least_ms && milliseconds <= most_ms) return null;
    return `must be a time from ${text(least_ms)} to ${text(most_ms)} with its unit (ms, s, min, h, d), such as 30s`;
  };
}

function text(ms: number): string {
  if (ms > 0 && ms % 60_000 === 0) return `${ms / 60_000}min`;
  return ms > 0 && ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}
