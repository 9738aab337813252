import { stringify } from 'yaml';
import { entryServices, type StackState, servicesOfKind } from '../state.ts';
import { type ComposeService, SECRET_ROLES } from './compose-service.ts';
import { PUBLISHED_PORT } from './containers.ts';
import { CLUSTER_SERVICE, type ComposePlace, clusterService, composeService } from './services.ts';

/** How a Compose file is made besides what the stack is to be. */
export interface ComposeOptions extends ComposePlace {
  /** Port of this machine's loopback address at which clients reach the stack. */
  readonly port?: number | undefined;
}

/**
 * A stack as a Docker Compose file, in the subset that the classic docker-compose (1.29) and Compose v2 share.
 * Configurations stand in it, so that it is one file; only the relay's image is built from elsewhere.
 * @param state from `planContainers`
 */
export function composeFile(state: StackState, options: ComposeOptions): string {
  const services = new Map<string, ComposeService>();
  for (const service of state.services) services.set(service.name, composeService(state, service, options));
  const caches = servicesOfKind(state, 'redis-cache');
  if (caches.length > 0) services.set(CLUSTER_SERVICE, clusterService(caches));
  publish(state, services, options.port ?? PUBLISHED_PORT);
  const volumes = Object.fromEntries(servicesOfKind(state, 'postgres').map(({ name }) => [name, {}]));
  // docker-compose reads YAML 1.1, where an unquoted `no` is false.
  const yaml = stringify(
    { services: Object.fromEntries(services), volumes },
    { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false },
  );
  return headOf(state, options) + yaml;
}

/** Opens the entry of the stack to this machine, and to this machine alone; those of further regions at the next ports. */
function publish(state: StackState, services: Map<string, ComposeService>, port: number): void {
  for (const [index, entry] of entryServices(state.services).entries()) {
    services.set(entry.name, {
      ...services.get(entry.name),
      ports: [`127.0.0.1:${port + index}:${entry.ports['ws']}`],
    });
  }
}

function headOf({ profile, shape }: StackState, { version, port = PUBLISHED_PORT }: ComposeOptions): string {
  const lines = [
    `Stack ${profile} of relay-bench ${version}: relays ${shape.relays}, replicas ${shape.replicas}. Written by`,
    '`relay-bench stack compose` from the same topology and configurations as `relay-bench stack up`.',
    '',
    'NOT EXERCISED IN OUR CI: there the file is checked for its form (docker-compose config), its containers are never',
    'started. What is measured and tested is `relay-bench stack up`, which needs no Docker.',
    '',
    'Differences from `stack up`: Docker restarts what dies, nothing promotes a replica when the primary is lost, and',
    'Docker takes part in every packet.',
    '',
    'The image of the relays is built from the directory of the package by assets/compose/relay.Dockerfile; another one',
    'is named by the variable RELAY_BENCH_PACKAGE.',
    '',
    'Passwords stand in no file of ours: Compose takes them from the environment, or from a file .env beside this one:',
    '',
    `  for role in ${SECRET_ROLES.join(' ')}; do`,
    '    echo "RELAY_BENCH_$role=$(openssl rand -hex 32)"; done > .env; chmod 600 .env',
    '  docker-compose -f FILE up --build -d',
    `  relay-bench run standard --relay ws://127.0.0.1:${port}`,
    '  docker-compose -f FILE down -v',
  ];
  return `${lines.map((line) => `# ${line}`.trimEnd()).join('\n')}\n`;
}
