import { portOf, type Service } from './state.ts';

/** Where the services of a stack listen and find each other. */
export interface Addresses {
  /** The address that a service binds itself to. */
  readonly bind: string;
  /** The host under which the others find it. */
  hostOf(service: Service): string;
}

/** Processes of one machine: nobody else can reach them. */
export const ON_LOOPBACK: Addresses = { bind: '127.0.0.1', hostOf: () => '127.0.0.1' };

/** Containers of one network, which resolves their names. */
export const BY_NAME: Addresses = { bind: '0.0.0.0', hostOf: ({ name }) => name };

/** `host:port` of a service for a purpose. */
export function addressOf(addresses: Addresses, service: Service, purpose: string): string {
  return `${addresses.hostOf(service)}:${portOf(service, purpose)}`;
}
