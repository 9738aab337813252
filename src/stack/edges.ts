import { execPath } from 'node:process';
import { type Addresses, addressOf } from './addresses.ts';
import { addressesIn } from './links.ts';
import { launch } from './processes.ts';
import { commonArgs, RELAY_PROGRAM, relayOwner } from './relays.ts';
import { programEnvironment } from './run-as.ts';
import { originOf, portOf, type Service, type StackState, servicesOfKind } from './state.ts';
import { regionsOf } from './topology.ts';
import { POOL_KEY, relayTuning } from './tuning/tuning.ts';

/** For how long an edge of a stack serves what it holds while the origin is away, in seconds. */
export const EDGE_MAX_STALE_S = 30;

/** A relay that serves what the relays of a stack keep. */
interface EdgePlace {
  readonly name: string;
  readonly url: string;
}

/**
 * The flags of an edge: a relay process whose events are those of the origin, which it reaches over the long way. The limits that
 * `--set` gives to relays are its own, too.
 */
export function edgeArgs(
  state: StackState,
  edge: Service,
  addresses: Addresses = addressesIn(state),
): string[] {
  const origin = `ws://${addressOf(addresses, originOf(state.services), 'ws', edge)}`;
  const { [POOL_KEY]: _ofPostgres, ...limits } = state.settings;
  return [
    ...commonArgs(edge, addresses),
    ...addresses.proxies.flatMap((each) => ['--trust-proxy', each]),
    ...['--role', 'edge', '--origin', origin, '--max-stale-s', String(EDGE_MAX_STALE_S)],
    ...relayTuning(limits),
  ];
}

/** Starts an edge. It has no passwords: what it knows of the stack is an address. */
export async function launchEdge(state: StackState, edge: Service): Promise<void> {
  const args = [RELAY_PROGRAM, ...edgeArgs(state, edge)];
  await launch(edge, { program: execPath, args, owner: relayOwner(state), env: programEnvironment() });
}

/** The edges of a stack; none in a profile without regions. */
export function edgesOf(state: StackState): Service[] {
  return servicesOfKind(state, 'edge');
}

/** Where each edge listens itself, past the balancer of its region. */
export function edgeAddresses(state: StackState): EdgePlace[] {
  return edgesOf(state).map((edge) => ({ name: edge.name, url: `ws://127.0.0.1:${portOf(edge, 'ws')}/` }));
}

/** The region of a balancer or an edge, from 1; null for what belongs to none. */
export function regionOf({ shape }: Pick<StackState, 'shape'>, name: string): number | null {
  const found = regionsOf(shape).find(({ balancer, edges }) => balancer === name || edges.includes(name));
  return found?.region ?? null;
}
