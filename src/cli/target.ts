import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { messageOf } from '../base/errors.ts';

/** The host behind a relay's address and every IP address that it has. */
export interface ResolvedTarget {
  /** The address as given, secrets included: never show it. */
  readonly url: string;
  /** Lower case, IPv6 without brackets. */
  readonly host: string;
  /** Empty where the name does not resolve. */
  readonly addresses: readonly string[];
  /** Why `addresses` is empty. */
  readonly problem: string | null;
}

/** All addresses of a host; rejects where it has none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

const resolveHost: ResolveHost = async (host) =>
  (await lookup(host, { all: true })).map((entry) => entry.address);

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Looks up the hosts of relay addresses; a name that does not resolve is not an error yet. */
export async function resolveTargets(
  urls: readonly string[],
  resolve: ResolveHost = resolveHost,
): Promise<ResolvedTarget[]> {
  return Promise.all(
    urls.map(async (url) => {
      const host = new URL(url).hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1');
      try {
        return { url, host, addresses: await resolve(host), problem: null };
      } catch (error) {
        return { url, host, addresses: [], problem: messageOf(error) };
      }
    }),
  );
}

/** Whether every address of a target is a loopback address (127.0.0.0/8, ::1, IPv4-mapped ones included). */
export function isLoopback(target: ResolvedTarget): boolean {
  return (
    target.addresses.length > 0 &&
    target.addresses.every((address) => LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'))
  );
}

/** Whether a target runs on this machine: loopback, or one of its own network addresses. */
export function isThisMachine(target: ResolvedTarget): boolean {
  if (isLoopback(target)) return true;
  const own = Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map((entry) => entry.address),
  );
  return target.addresses.some((address) => own.includes(address));
}
