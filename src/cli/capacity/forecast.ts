import { RelayBenchError } from '../../base/errors.ts';
import { own } from '../../base/own.ts';
import { didYouMean } from '../../base/suggest.ts';
import { ASSUMPTION_NAMES, type Assumed, type AssumptionName } from '../../capacity/assumptions.ts';
import { forecast } from '../../capacity/forecast.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import type { CommandHost } from '../host.ts';
import { screenOptions } from '../run/reporters.ts';

/** Options of `capacity --for`. */
export interface ForecastFlags {
  readonly for?: number;
  readonly assume?: readonly (readonly [AssumptionName, number])[];
  readonly format: string;
}

const TIMES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6 };

/**
 * A number of users: `1M users`, `250k`, `1,000,000`.
 * @throws RelayBenchError `USERS_INVALID`
 */
export function numberOfUsers(text: string): number {
  const [, digits = '', unit = ''] =
    /^(\d[\d,]*(?:\.\d+)?)\s*([km]?)\s*(?:users?)?$/i.exec(text.trim()) ?? [];
  const users = Math.round(Number(digits.replaceAll(',', '')) * (own(TIMES, unit.toLowerCase()) ?? 1));
  if (digits !== '' && users >= 1 && users <= 1e10) return users;
  throw new RelayBenchError(`--for "${text}" is not a number of users`, {
    code: 'USERS_INVALID',
    hint: 'write for example --for "1M users", --for 250k or --for 40000',
  });
}

/**
 * `KEY=VALUE`; shares are below 1, everything else is above 0.
 * @throws RelayBenchError `ASSUMPTION_INVALID`
 */
export function assumption(text: string): readonly [AssumptionName, number] {
  const at = text.indexOf('=');
  const key = text.slice(0, Math.max(0, at));
  const name = ASSUMPTION_NAMES.find((one) => one === key);
  const value = Number(text.slice(at + 1));
  if (name === undefined)
    throw invalid(`there is no assumption "${key}"${didYouMean(key, ASSUMPTION_NAMES)}`);
  if (!(value > 0) || !Number.isFinite(value)) throw invalid(`${name} must be a number above 0`);
  if (SHARES.has(name) && value >= 1) throw invalid(`${name} is a share: it must be below 1`);
  return [name, value];
}

const SHARES: ReadonlySet<AssumptionName> = new Set([
  'onlineShare',
  'duplicateShare',
  'cacheHits',
  'utilisation',
]);

function invalid(message: string): RelayBenchError {
  return new RelayBenchError(message, {
    code: 'ASSUMPTION_INVALID',
    hint: 'relay-bench capacity --for 1M lists all of them with their values',
  });
}

/** Prints the estimate; loads nothing. */
export function printForecast(flags: ForecastFlags, host: CommandHost): void {
  const set: Partial<Assumed> = Object.fromEntries(flags.assume ?? []);
  const found = forecast(flags.for ?? null, set);
  host.io.stdout.write(formatNamed(FORMATS.forecast, flags.format).render(found, screenOptions(host, [])));
}
