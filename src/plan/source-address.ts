import type { Plan } from './plan.ts';

/** Above this many connections to one endpoint, local ports run out or searching for a free one gets slow. */
const MOST_PER_SOURCE = 20_000;
const SOURCES = 8;
const IPV4_LOOPBACK = /^127(?:\.\d{1,3}){3}$/;

type Spread = Pick<Plan, 'targets' | 'connections' | 'opened'>;

/** Connections that are open at once, as far as that can be foreseen. */
export function connectionsAtOnce({ connections, opened }: Pick<Plan, 'connections' | 'opened'>): number {
  return opened.reduce((sum, { atOnce }) => sum + atOnce, connections.count);
}

/**
 * Source addresses that the connections of a run are spread over: one, unless more connections go to one loopback
 * endpoint than one address has ports for. 127.0.0.0/8 is all this host, so loopback has as many as are wanted.
 */
export function sourceAddressesOf(plan: Spread): number {
  const perTarget = connectionsAtOnce(plan) / plan.targets.length;
  return perTarget > MOST_PER_SOURCE && plan.targets.every(isIpv4Loopback) ? SOURCES : 1;
}

/** The address that `connection` is opened from; undefined leaves the choice to the system. */
export function sourceAddressOf(plan: Spread, connection: number): string | undefined {
  const sources = sourceAddressesOf(plan);
  // Dividing by the targets keeps the choice independent of which target the connection goes to.
  return sources === 1
    ? undefined
    : `127.0.0.${2 + (Math.floor(connection / plan.targets.length) % sources)}`;
}

function isIpv4Loopback(url: string): boolean {
  return URL.canParse(url) && IPV4_LOOPBACK.test(new URL(url).hostname);
}
