import { RelayBenchError } from '../../base/errors.ts';
import { own } from '../../base/own.ts';
import { RELAY_LIMIT_FLAGS } from '../../base/relay-limit-flags.ts';
import { didYouMean } from '../../base/suggest.ts';
import { DURABILITY_NAMES, POSTGRES_RULES } from './postgres-names.ts';
import { oneOf, type Rule, whole } from './rules.ts';
import { WAN_RULES } from './wan.ts';

/**
 * What `--set` changes of a stack, by key: `postgres.work_mem` of every Postgres, `relay.pool` of every relay, `region-2.rtt` of
 * the way to the origin.
 */
export type Tuning = Readonly<Record<string, string>>;

/** A flag of the relay program that a stack may be given. */
interface RelaySetting {
  readonly flag: string;
  readonly rule: Rule;
  /** The flag has no value: it is given where the setting is `true`. */
  readonly isSwitch?: boolean;
}

/** Bytes may be many. */
const HIGHEST_LIMIT = 999_999_999_999_999;
const POSTGRES = 'postgres.';
const RELAY = 'relay.';
/** Connections with which each relay reads from each Postgres. */
export const POOL_KEY = 'relay.pool';

const RELAY_SETTINGS: Readonly<Record<string, RelaySetting>> = {
  pool: { flag: '--read-pool', rule: whole(1, 9_999) },
  compression: { flag: '--compression', rule: oneOf('true', 'false'), isSwitch: true },
  'verify-workers': { flag: '--verify-workers', rule: whole(1, 64) },
  ...Object.fromEntries(
    Object.entries(RELAY_LIMIT_FLAGS).map(([name, { least }]) => [
      name,
      { flag: `--${name}`, rule: whole(least, HIGHEST_LIMIT) },
    ]),
  ),
};

/** Every key that there is. */
export const TUNING_KEYS: readonly string[] = [
  ...Object.keys(POSTGRES_RULES).map((name) => POSTGRES + name),
  ...Object.keys(RELAY_SETTINGS).map((name) => RELAY + name),
  ...Object.keys(WAN_RULES),
];

const HINT =
  'write for example --set relay.pool=8 or --set postgres.work_mem=16MB; docs/stack.md lists all settings';

/**
 * What is wrong with a setting, in one sentence; null where nothing is. Values go into a file of Postgres and into arguments: a
 * value that passes holds neither quotes nor spaces.
 */
export function settingProblem(key: string, value: string): string | null {
  const rule = ruleOf(key);
  if (rule !== undefined) {
    const problem = rule(value);
    return problem === null ? null : `${key} ${problem}, not "${value}"`;
  }
  if (key.startsWith(POSTGRES) && DURABILITY_NAMES.includes(key.slice(POSTGRES.length)))
    return `${key} can't be set: what an OK is worth is decided by --durability`;
  return `there is no setting "${key}"${didYouMean(key, TUNING_KEYS)}`;
}

function ruleOf(key: string): Rule | undefined {
  if (key.startsWith(POSTGRES)) return own(POSTGRES_RULES, key.slice(POSTGRES.length));
  if (key.startsWith(RELAY)) return own(RELAY_SETTINGS, key.slice(RELAY.length))?.rule;
  return own(WAN_RULES, key);
}

/**
 * Reads what `--set` was given.
 * @param texts each `KEY=VALUE`
 * @throws RelayBenchError `STACK_SETTING_INVALID`
 */
export function parseTuning(texts: readonly string[]): Tuning {
  const found = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at <= 0) throw invalid(`"${text}" is not KEY=VALUE`);
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    const problem = settingProblem(key, value);
    if (problem !== null) throw invalid(problem);
    if (found.has(key)) throw invalid(`${key} is given twice`);
    found.set(key, value);
  }
  return Object.fromEntries(found);
}

function invalid(problem: string): RelayBenchError {
  return new RelayBenchError(`--set: ${problem}`, { code: 'STACK_SETTING_INVALID', hint: HINT });
}

/** The settings of Postgres among them, by their names there. */
export function postgresTuning(tuning: Tuning): ReadonlyMap<string, string> {
  const named = Object.entries(tuning).filter(([key]) => key.startsWith(POSTGRES));
  return new Map(named.map(([key, value]) => [key.slice(POSTGRES.length), value]));
}

/** The flags of the relay program that they stand for. */
export function relayTuning(tuning: Tuning): string[] {
  return Object.entries(tuning).flatMap(([key, value]) => {
    const setting = key.startsWith(RELAY) ? own(RELAY_SETTINGS, key.slice(RELAY.length)) : undefined;
    if (setting === undefined) return [];
    if (setting.isSwitch !== true) return [setting.flag, value];
    return value === 'true' ? [setting.flag] : [];
  });
}

/** What a stack has of its own beside its shape. */
export interface Peculiar {
  readonly settings?: Tuning | undefined;
  readonly withoutIndexes?: boolean | undefined;
}

/** The same in words, in an order that is always the same: `relay.pool=1`, `without covering indexes`. */
export function peculiarities({ settings = {}, withoutIndexes = false }: Peculiar): string[] {
  const set = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  return [...set.sort(), ...(withoutIndexes ? ['without covering indexes'] : [])];
}
