import { portOf, type Service } from './state.ts';

/** Where the services of a stack listen and find each other. */
export interface Addresses {
  /** The address that a service binds itself to. */
  readonly bind: string;
  /** The host under which the others find it. */
  hostOf(service: Service): string;
  /** Networks from which the balancer speaks to the relays. */
  readonly proxies: readonly string[];
}

/** Processes of one machine: nobody else can reach them. */
export const ON_LOOPBACK: Addresses = {
  bind: '127.0.0.1',
  hostOf: () => '127.0.0.1',
  proxies: ['127.0.0.1'],
};

/** Containers of one network, which resolves their names. */
export const BY_NAME: Addresses = {
  bind: '0.0.0.0',
  hostOf: ({ name }) => name,
  // Docker takes its networks from these.
  proxies: ['172.16.0.0/12', '192.168.0.0/16', '10.0.0.0/8'],
};

/** `host:port` of a service for a purpose. */
export function addressOf(addresses: Addresses, service: Service, purpose: string): string {
  return `${addresses.hostOf(service)}:${portOf(service, purpose)}`;
}
