import { networkInterfaces } from 'node:os';
import { hostOf } from '../../nostr/nip42.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** An address as URLs have it: that of IPv6 in brackets (RFC 3986, 3.2.2). */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/**
 * The host names under which clients reach the relay: those of its public URLs, the address that it listens on, all
 * addresses of the machine where it listens on any, and the names of the loopback where it listens there. The `Host`
 * header says nothing: whoever forwards somebody's authentication to another relay can send any.
 */
export function ownHosts(host: string, publicUrls: readonly string[]): ReadonlySet<string> {
  const hosts = new Set(publicUrls.map(hostOf).filter((name) => name !== null));
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const listening = ANY_ADDRESS.has(host) ? addresses.map(({ address }) => address) : [host];
  for (const address of listening) hosts.add(bracketed(address).toLowerCase());
  if (LOOPBACK.some((name) => hosts.has(name))) for (const name of LOOPBACK) hosts.add(name);
  return hosts;
}
