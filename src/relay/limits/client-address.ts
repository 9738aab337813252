import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** An address or a network of addresses. */
export interface Network {
  readonly address: string;
  /** Bits that the addresses of the network have in common. */
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Reads `127.0.0.1`, `::1` or a network such as `10.0.0.0/8`; null where it is neither. */
export function parseNetwork(text: string): Network | null {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return null;
  const bits = version === 4 ? 32 : 128;
  if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits)) return null;
  return { address, prefix: Number(prefix ?? bits), family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** An IPv4 address that came through an IPv6 socket, as the IPv4 address it is. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/**
 * Tells clients by their address. `X-Forwarded-For` is believed only as far as proxies that are trusted have
 * written it: anybody can send the header.
 */
export class ClientAddresses {
  readonly #trusted = new BlockList();

  /** @param trustedProxies addresses and networks, see {@link parseNetwork} */
  constructor(trustedProxies: readonly string[]) {
    for (const text of trustedProxies) {
      const network = parseNetwork(text);
      if (network !== null) this.#trusted.addSubnet(network.address, network.prefix, network.family);
    }
  }

  /** The address of the client that sent a request; empty where the socket has none any more. */
  of(request: Pick<IncomingMessage, 'headers' | 'socket'>): string {
    let address = plain(request.socket.remoteAddress ?? '');
    const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
    // Every proxy appends the address it was spoken to from: the last entry is the one of the nearest proxy.
    while (this.#isTrusted(address)) {
      const previous = plain(forwarded.pop()?.trim() ?? '');
      if (isIP(previous) === 0) break;
      address = previous;
    }
    return address;
  }

  /** Whether an address is that of a trusted proxy, whose connections are those of many clients. */
  isProxy(address: string): boolean {
    return this.#isTrusted(plain(address));
  }

  #isTrusted(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#trusted.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }
}
