import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { DATABASE, RELAY_USER } from './postgres/settings.ts';
import { launch } from './processes.ts';
import { portOf, type Service, type StackState, servicesOfKind } from './state.ts';

const PROGRAM = fileURLToPath(new URL('../relay/main.js', import.meta.url));

/**
 * The flags of a relay process. With a balancer both kinds of Postgres connections go through it: a relay then
 * needs to know neither who the primary is nor which replicas live, and a failover is over when the balancer has
 * seen it. That costs a tenth of a millisecond a query. Without one the relay talks to its only Postgres.
 */
export function relayArgs(state: StackState, relay: Service): string[] {
  const [balancer] = servicesOfKind(state, 'haproxy');
  const [database] = servicesOfKind(state, 'postgres');
  const write = balancer === undefined ? database?.ports['sql'] : portOf(balancer, 'pg_write');
  const hasReplicas = balancer !== undefined && state.shape.replicas > 0;
  const redis = (service: Service): string => `127.0.0.1:${portOf(service, 'redis')}`;
  return [
    ...['--host', '127.0.0.1', '--port', String(portOf(relay, 'ws')), '--relay-id', relay.name],
    ...['--store', databaseUrl(write ?? 0)],
    ...(hasReplicas ? ['--replica', databaseUrl(portOf(balancer, 'pg_read'))] : []),
    ...servicesOfKind(state, 'redis-pubsub').flatMap((each) => ['--redis', `redis://${redis(each)}`]),
    ...servicesOfKind(state, 'redis-cache').flatMap((each) => ['--redis-cluster', redis(each)]),
    ...['--cache', state.cache],
    // The clients of a load do not authenticate.
    '--open-gift-wraps',
  ];
}

function databaseUrl(port: number): string {
  return `postgres://${RELAY_USER}@127.0.0.1:${port}/${DATABASE}`;
}

/** Starts a relay process. It runs as this user: its program may lie where no other user can read it. */
export async function launchRelay(state: StackState, relay: Service): Promise<void> {
  await launch(relay, { program: execPath, args: [PROGRAM, ...relayArgs(state, relay)], owner: null, env });
}

/** Where each relay process listens itself, past the balancer. */
export function relayAddresses(state: StackState): string[] {
  return servicesOfKind(state, 'relay').map((relay) => `ws://127.0.0.1:${portOf(relay, 'ws')}/`);
}
