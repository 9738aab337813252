import { type Addresses, addressOf, ON_LOOPBACK } from '../addresses.ts';
import { portOf, type Service, type StackState } from '../state.ts';

/** What a configuration is written for. */
export interface Layout {
  readonly state: StackState;
  readonly balancer: Service;
  readonly addresses: Addresses;
}

/** Where a balancer listens for a purpose. */
export function bindTo({ addresses, balancer }: Layout, purpose: string): string {
  return `${addresses.bind}:${portOf(balancer, purpose)}`;
}

/** Whether others are found by names, which have to be looked up. */
export function looksUpNames({ bind }: Addresses): boolean {
  return bind !== ON_LOOPBACK.bind;
}

/** `server` lines, with what follows each address. */
export function serverLines(
  { addresses, balancer }: Layout,
  services: readonly Service[],
  purpose: string,
  suffixOf = (_name: string): string => '',
): string {
  const resolved = looksUpNames(addresses) ? ' resolvers containers init-addr none' : '';
  return services
    .map(
      (each) =>
        `  server ${each.name} ${addressOf(addresses, each, purpose, balancer)}${resolved}${suffixOf(each.name)}`,
    )
    .join('\n');
}
