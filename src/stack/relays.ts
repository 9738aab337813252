import { availableParallelism } from 'node:os';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Addresses, addressOf } from './addresses.ts';
import { addressesIn } from './links.ts';
import type { Owner } from './owner.ts';
import { DATABASE, RELAY_USER } from './postgres/settings.ts';
import { launch } from './processes.ts';
import { programEnvironment, programOwner, unreadableFor } from './run-as.ts';
import { relaySecretsFile } from './secrets.ts';
import { databaseBalancerOf, portOf, type Service, type StackState, servicesOfKind } from './state.ts';
import { readPurposes } from './topology.ts';
import { POOL_KEY, relayTuning } from './tuning/tuning.ts';

/** The relay of this package, started as a program and never imported. */
export const RELAY_PROGRAM = fileURLToPath(new URL('../relay/main.js', import.meta.url));

/** Connections with which a relay reads: the servers of a stack share the cores of this machine. */
const READ_POOL = Math.max(4, 2 * availableParallelism());

/**
 * The flags of a relay process. With balancers both kinds of Postgres connections go through that of the database: a relay then
 * needs to know neither who the primary is nor which replicas live, and a failover is over when the balancer has
 * seen it. That costs a tenth of a millisecond a query. Without one the relay talks to its only Postgres.
 */
export function relayArgs(
  state: StackState,
  relay: Service,
  addresses: Addresses = addressesIn(state),
): string[] {
  const balancer = databaseBalancerOf(state.services);
  const [database] = servicesOfKind(state, 'postgres');
  if (database === undefined) throw new Error('a stack has a Postgres');
  const at = (service: Service, purpose: string): string => addressOf(addresses, service, purpose, relay);
  const write = balancer === undefined ? at(database, 'sql') : at(balancer, 'pg_write');
  const readers = balancer === undefined ? [] : readPurposes(state.shape).map((each) => at(balancer, each));
  return [
    ...commonArgs(relay, addresses),
    // Who clients are, each within its own limits, only their balancer knows.
    ...(balancer === undefined ? [] : addresses.proxies.flatMap((each) => ['--trust-proxy', each])),
    ...['--store', databaseUrl(write)],
    ...readers.flatMap((reader) => ['--replica', databaseUrl(reader)]),
    ...servicesOfKind(state, 'redis-pubsub').flatMap((each) => ['--redis', `redis://${at(each, 'redis')}`]),
    ...servicesOfKind(state, 'redis-cache').flatMap((each) => ['--redis-cluster', at(each, 'redis')]),
    ...['--cache', state.cache],
    ...relayTuning(state.settings),
    ...(state.withoutIndexes ? ['--without-indexes'] : []),
    // The clients of a load do not authenticate.
    '--open-gift-wraps',
  ];
}

/** The flags of every process of the relay program: its name and where it listens. */
export function commonArgs(relay: Service, addresses: Addresses): string[] {
  return [
    ...['--host', addresses.bind, '--port', String(portOf(relay, 'ws')), '--relay-id', relay.name],
    ...['--metrics-host', addresses.bind, '--metrics-port', String(portOf(relay, 'metrics'))],
    ...['--liveness-port', String(portOf(relay, 'liveness'))],
  ];
}

function databaseUrl(address: string): string {
  return `postgres://${RELAY_USER}@${address}/${DATABASE}`;
}

/**
 * What stands in the way of the servers' user to the programs of this package, which then run as root; null where nothing
 * does, or root does not start them.
 */
export function obstacleOf({ owner }: Pick<StackState, 'owner'>): string | null {
  return owner === null ? null : unreadableFor(owner, [execPath, RELAY_PROGRAM]);
}

/** Who relays run as; null for the user who starts the stack. */
export function relayOwner(state: Pick<StackState, 'owner'>): Owner | null {
  return programOwner(state.owner, RELAY_PROGRAM);
}

/** Starts a relay process. Its passwords stand in a file: arguments can be read by everybody. */
export async function launchRelay(state: StackState, relay: Service): Promise<void> {
  const secrets = ['--secrets', relaySecretsFile(state)];
  const pool = Object.hasOwn(state.settings, POOL_KEY) ? [] : ['--read-pool', String(READ_POOL)];
  const args = [RELAY_PROGRAM, ...relayArgs(state, relay), ...secrets, ...pool];
  await launch(relay, { program: execPath, args, owner: relayOwner(state), env: programEnvironment() });
}

/** Where each relay process listens itself, past the balancer. */
export function relayAddresses(state: StackState): string[] {
  return servicesOfKind(state, 'relay').map((relay) => `ws://127.0.0.1:${portOf(relay, 'ws')}/`);
}
