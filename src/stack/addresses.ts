import { portOf, type Service } from './state.ts';

/** Where the services of a stack listen and find each other. */
export interface Addresses {
  /** The address that a service binds itself to. */
  readonly bind: string;
  /** The host under which the others find it. */
  hostOf(service: Service): string;
  /** The port under which one finds another; left out, that of the other itself. */
  portTo?(to: Service, purpose: string, from: Service): number;
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

/** How somebody reaches a service: for a purpose, and by whom where that matters. */
export interface Way {
  readonly purpose: string;
  readonly from?: Service;
}

/** The port of a service on a way. */
export function portOn(addresses: Addresses, service: Service, { purpose, from }: Way): number {
  return (
    (from === undefined ? undefined : addresses.portTo?.(service, purpose, from)) ?? portOf(service, purpose)
  );
}

/** `host:port` of a service for a purpose. @param from who connects, where that matters */
export function addressOf(addresses: Addresses, service: Service, purpose: string, from?: Service): string {
  const port = portOn(addresses, service, from === undefined ? { purpose } : { purpose, from });
  return `${addresses.hostOf(service)}:${port}`;
}
