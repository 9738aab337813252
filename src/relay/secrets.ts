import { statSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';
import { readTrusted } from '../base/trusted-path.ts';
import { invalid } from './option-values.ts';

/** What a relay must know and nobody may see: not in arguments, which all users of a machine can read. */
export interface RelaySecrets {
  /** Password of the user in the URLs of Postgres; undefined: what stands in the URLs, or in `PGPASSFILE`. */
  readonly postgresPassword?: string | undefined;
  /** User of every Redis; undefined: what stands in the URL. */
  readonly redis?: RedisLogin | undefined;
  /** Key with which relays sign what they tell each other; undefined: what they tell is verified. */
  readonly busKey?: string | undefined;
}

/** A user of Redis. */
export interface RedisLogin {
  readonly username: string;
  readonly password: string;
}

/** In containers, where a variable is the usual place: the same JSON as in the file. */
export const SECRETS_VARIABLE = 'RELAY_BENCH_SECRETS';

const READ_BY_OTHERS = 0o044;
/** Of a key that is shorter every message gives away enough to find it by trying. */
const BUS_KEY_LEAST = 32;
const HINT = `{"postgres":{"password":"…"},"redis":{"username":"…","password":"…"},"busKey":"…"}, each part may be missing; the key has at least ${BUS_KEY_LEAST} characters`;

/**
 * The secrets in a file, or in the environment where no file is named.
 * @throws RelayBenchError `RELAY_OPTION_INVALID` where it is not there, others may read or write it, or it is no such JSON
 */
export function readSecrets(
  path: string | null,
  env: Readonly<Record<string, string | undefined>>,
): RelaySecrets {
  const name = path === null ? SECRETS_VARIABLE : `--secrets ${path}`;
  const text = path === null ? env[SECRETS_VARIABLE] : readPrivate(path);
  if (text === undefined) return {};
  try {
    return parseSecrets(JSON.parse(text));
  } catch {
    // Without its words, which may repeat what is in the file.
    throw invalid(`${name} holds no secrets of a relay`, HINT);
  }
}

function readPrivate(path: string): string {
  try {
    const text = readTrusted(path, { what: '--secrets', code: 'RELAY_OPTION_INVALID' });
    if (text === null) throw new Error('there is no such file');
    if ((statSync(path).mode & READ_BY_OTHERS) !== 0) throw new Error('others may read it');
    return text;
  } catch (cause) {
    throw invalid(
      `--secrets ${path} can't be used: ${messageOf(cause)}`,
      'it must be a file of the user who starts the relay, readable for nobody else (chmod 600)',
    );
  }
}

/** @throws Error where the value is no such object; a part that is unknown is no part */
function parseSecrets(value: unknown): RelaySecrets {
  const { postgres, redis, busKey, ...others } = fieldsOf(value);
  if (Object.keys(others).length > 0) throw new Error('unknown part');
  if (busKey !== undefined && textOf(busKey).length < BUS_KEY_LEAST) throw new Error('short key');
  return {
    postgresPassword: postgres === undefined ? undefined : textOf(fieldsOf(postgres)['password']),
    redis: redis === undefined ? undefined : loginOf(fieldsOf(redis)),
    busKey: busKey === undefined ? undefined : textOf(busKey),
  };
}

function loginOf({ username = 'default', password }: Readonly<Record<string, unknown>>): RedisLogin {
  return { username: textOf(username), password: textOf(password) };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('no object');
  return { ...value };
}

function textOf(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error('no text');
}

/** A connection string of Postgres with a password, unless it has one of its own. */
export function withPassword(url: string, { postgresPassword }: RelaySecrets): string {
  if (postgresPassword === undefined) return url;
  const parsed = new URL(url);
  if (parsed.password === '') parsed.password = postgresPassword;
  return parsed.href;
}
