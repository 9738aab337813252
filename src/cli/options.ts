import { type Command, InvalidArgumentError } from 'commander';
import { LONGEST_MS, LONGEST_TEXT, tryParseDurationMs, tryParseRatePerS } from '../base/duration.ts';
import { RelayBenchError } from '../base/errors.ts';
import { maskUrl } from '../base/mask-url.ts';

// Readers of option values. Commander prefixes their message with the option and the value that was given.

/** A whole number of at least `minimum` and at most `maximum`, which is 10 million unless said otherwise. */
export function wholeNumber(minimum: number, maximum = 10_000_000): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`must be a whole number from ${minimum} to ${maximum}.`);
  };
}

/** A seed: a whole number that a double holds exactly. */
export function seedNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('must be a whole number of at least 0.');
}

/** A TCP port; 0 asks the system for a free one. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('must be a port from 0 to 65535.');
}

/** Events per second: `200`, or with its unit `200/s`, `30/m`. */
export function ratePerSecond(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : tryParseRatePerS(text);
  if (value !== null && value > 0) return value;
  throw new InvalidArgumentError('must be a number of events a second above zero, such as 200 or 0.5.');
}

/** A number above zero, at most a million. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 1e6) return value;
  throw new InvalidArgumentError('must be a number above zero, such as 5 or 0.5.');
}

/** A duration in milliseconds, longer than zero unless `zeroIsFine`, at most 596h. */
export function durationMs(zeroIsFine = false): (text: string) => number {
  return (text) => {
    const value = tryParseDurationMs(text);
    if (value !== null && value > LONGEST_MS)
      throw new InvalidArgumentError(`must be at most ${LONGEST_TEXT}.`);
    if (value !== null && (value > 0 || zeroIsFine)) return value;
    throw new InvalidArgumentError('must be a duration with a unit, such as 500ms, 30s or 5m.');
  };
}

/** A share in percent, `20%` or `20`, from 0 to 1,000; given as a share of one. */
export function shareInPercent(text: string): number {
  const value = Number(text.replace(/ ?%$/, ''));
  if (/^\d+(\.\d+)? ?%?$/.test(text) && value <= 1_000) return value / 100;
  throw new InvalidArgumentError('must be a percentage such as 20% or 7.5%.');
}

/** A reader that takes nothing but some words. */
interface WordReader<Value> {
  (text: string): Value;
  /** What it takes; `completion` offers it. */
  readonly words: readonly string[];
}

/** Whether a reader says which words it takes. */
export function hasWords<T>(reader: T): reader is T & WordReader<unknown> {
  return typeof reader === 'function' && 'words' in reader && Array.isArray(reader.words);
}

/** A comma-separated list of words, each one of `allowed`. */
export function wordList<T extends string>(allowed: readonly T[]): WordReader<T[]> {
  const read = (text: string): T[] => {
    const words = text.split(',').map((word) => word.trim());
    const isAllowed = (word: string): word is T => (allowed as readonly string[]).includes(word);
    if (words.every(isAllowed)) return [...new Set(words)];
    throw new InvalidArgumentError(`must be one or more of ${allowed.join(', ')}, separated by commas.`);
  };
  return Object.assign(read, { words: allowed });
}

/** The first word of such a list. */
export function oneWord<T extends string>(allowed: readonly T[]): WordReader<T | undefined> {
  return Object.assign((text: string) => wordList(allowed)(text)[0], { words: allowed });
}

/**
 * The address of a relay: `ws://` or `wss://`.
 * @throws RelayBenchError `RELAY_URL_INVALID`; not commander's error, which would repeat the credentials in it
 */
export function relayUrl(text: string): string {
  return relayAddress(text, '--relay');
}

/** As {@link relayUrl}, of another option. */
export function authUrl(text: string): string {
  return relayAddress(text, '--auth-url');
}

/**
 * Where agents meet: `redis://` or `rediss://`.
 * @throws RelayBenchError `REDIS_URL_INVALID`; not commander's error, which would repeat the password in it
 */
export function redisUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && ['redis:', 'rediss:'].includes(url.protocol) && url.host !== '') return text;
  throw new RelayBenchError(`--redis ${typed(text)} is not the address of a Redis`, {
    code: 'REDIS_URL_INVALID',
    hint: 'write an address such as redis://user:password@10.0.0.5:6379, or rediss:// for TLS',
  });
}

function relayAddress(text: string, option: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isWebSocket = url !== null && (url.protocol === 'ws:' || url.protocol === 'wss:');
  if (isWebSocket && url.port !== '0') return url.href;
  const why = isWebSocket ? 'has port 0, where nothing can listen' : 'is not a relay address';
  throw new RelayBenchError(`${option} ${typed(text)} ${why}`, {
    code: 'RELAY_URL_INVALID',
    hint: `write a WebSocket address such as ${isWebSocket ? EXAMPLE_ADDRESS : meant(text)}`,
  });
}

const EXAMPLE_ADDRESS = 'ws://127.0.0.1:7777';
/** What may have been left out before an address, or stand there in place of `ws://`. */
const SCHEME = /^(?:(http|https):\/\/)?(?=[\w.[\]-]+(?::\d+)?(?:\/\S*)?$)/i;

/** What was typed, without credentials; an empty text shows as one. */
function typed(text: string): string {
  return text === '' ? '""' : maskUrl(text);
}

/** The address that was meant, as far as it can be told: `ws://host:port` for `host:port` or `http://host:port`. */
function meant(text: string): string {
  const scheme = SCHEME.exec(text)?.[1];
  const address = text.replace(SCHEME, scheme?.toLowerCase() === 'https' ? 'wss://' : 'ws://');
  return URL.canParse(address) && /^wss?:/.test(address)
    ? maskUrl(address).replace(/\/$/, '')
    : EXAMPLE_ADDRESS;
}

/** Turns a reader of one value into one that gathers every use of a repeatable option. */
export function repeatable<T>(read: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before = []) => [...before, read(text)];
}

/** A value as it was typed. */
export function asTyped(text: string): string {
  return text;
}

/** What a user types to reach `command`, for example `relay-bench scenarios show`. */
export function commandPath(command: Command): string {
  return command.parent === null ? command.name() : `${commandPath(command.parent)} ${command.name()}`;
}
