import { RelayBenchError } from '../../base/errors.ts';
import { maskUrl } from '../../base/mask-url.ts';
import { isRelayCommand } from '../../stack/command-text.ts';
import { relayUrl } from '../options.ts';
import { type ResolvedTarget, resolveTargets } from '../target.ts';

/** A relay with a name: one that takes part in a contest, or that a run calls so. */
export interface Contender {
  /** Short; names its files. */
  readonly name: string;
  /** Where it runs already; null where a command starts it for every run. */
  readonly url: string | null;
  /** With `{port}`, maybe `{dir}`; null for a relay that runs already. */
  readonly command: string | null;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/;

/**
 * A relay's address, or a command that starts one.
 * @throws RelayBenchError `CONTENDER_INVALID`, `RELAY_URL_INVALID`
 */
export function contender(name: string, text: string): Contender {
  if (isUrl(text)) return { name, url: relayUrl(text), command: null };
  // `PORT={port} ./relay` without a name reads like one that is called PORT.
  if (isRelayCommand(text) && !text.trimStart().startsWith('{port}'))
    return { name, url: null, command: text };
  throw new RelayBenchError(
    `${name}: "${shown(text)}" is neither a relay address nor a command with {port}`,
    {
      code: 'CONTENDER_INVALID',
      hint: 'write ws://127.0.0.1:7777, or a command such as "my-relay --port {port} --data {dir}"',
    },
  );
}

/** Whether a text is meant as the address of a relay. */
export function isUrl(text: string): boolean {
  return /^wss?:\/\//i.test(text);
}

/** `NAME=URL` or `NAME=command`. @throws RelayBenchError `CONTENDER_INVALID`, `RELAY_URL_INVALID` */
export function namedContender(text: string): Contender {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(0, at));
  if (NAME.test(name)) return contender(name, text.slice(at + 1));
  throw new RelayBenchError(`--relay ${shown(text)} has no name`, {
    code: 'CONTENDER_INVALID',
    hint: 'write NAME=ws://127.0.0.1:7777 or NAME="command --port {port}"; letters, digits, dots and dashes',
  });
}

/** What was typed, without the credentials of an address. */
function shown(text: string): string {
  return URL.canParse(text) ? maskUrl(text) : text;
}

/** The addresses of the contenders that run already; the others live on this machine. */
export async function resolveContenders(all: readonly Contender[]): Promise<ResolvedTarget[]> {
  return resolveTargets(all.flatMap(({ url }) => (url === null ? [] : [url])));
}
