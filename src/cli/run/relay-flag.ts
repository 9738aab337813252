import { RelayBenchError } from '../../base/errors.ts';
import { type Contender, isUrl, namedContender } from '../contest/contender.ts';
import { relayUrl } from '../options.ts';

/** A relay as `--relay` of `run` and `plan` names it: `URL`, `NAME=URL` or `NAME=COMMAND`. */
export interface RelayFlag extends Omit<Contender, 'name'> {
  /** Null where an address stands alone. */
  readonly name: string | null;
}

/** What decides the relays of a run. */
export interface TargetFlags {
  readonly relay?: readonly RelayFlag[];
}

/** How a name begins; whatever has none and is no command is taken for an address, mistyped or not. */
const NAMED = /^[\w.-]*=/;

/** @throws RelayBenchError `CONTENDER_INVALID`, `RELAY_URL_INVALID` */
export function relayFlag(text: string): RelayFlag {
  const isNamed = !isUrl(text) && (NAMED.test(text) || text.includes('{port}'));
  return isNamed ? namedContender(text) : { name: null, url: relayUrl(text), command: null };
}

/** Addresses of those that run already. */
export function givenAddresses(relays: TargetFlags['relay'] = []): readonly string[] {
  return relays.flatMap(({ url }) => url ?? []);
}

/** Names of those that are started. */
export function startedNames(relays: TargetFlags['relay'] = []): readonly string[] {
  return relays.flatMap(({ name, command }) => (command === null || name === null ? [] : [name]));
}

/** `the relay mine`, `the relays a, b`. */
export function relaysText(names: readonly string[]): string {
  return `the ${names.length === 1 ? 'relay' : 'relays'} ${names.join(', ')}`;
}

/** Every name is that of one relay: logs and components go by it. @throws RelayBenchError `CONTENDER_INVALID` */
export function requireDifferentNames(relays: readonly Pick<RelayFlag, 'name'>[] = []): void {
  const names = relays.flatMap(({ name }) => name ?? []);
  if (new Set(names).size === names.length) return;
  throw new RelayBenchError(`two relays have the same name: ${names.join(', ')}`, {
    code: 'CONTENDER_INVALID',
    hint: 'write --relay NAME=URL once for each relay',
  });
}
