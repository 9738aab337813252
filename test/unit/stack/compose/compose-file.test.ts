import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { composeFile } from '../../../../src/stack/compose/compose-file.ts';
import { SECRET_ROLES, secretName } from '../../../../src/stack/compose/compose-service.ts';
import { planContainers } from '../../../../src/stack/compose/containers.ts';
import { resolveShape, type ShapeOverrides } from '../../../../src/stack/topology.ts';

interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly build?: { readonly context: string };
}

function textOf(
  profile: string,
  overrides: ShapeOverrides = {},
  durability: 'async' | 'sync' = 'async',
): string {
  const shape = resolveShape(profile, overrides);
  const state = planContainers({ profile, shape, durability, cache: shape.cacheNodes > 0 ? 'l2' : 'l1' });
  return composeFile(state, { packageDir: '/opt/relay-bench', version: '1.2.3', memoryBytes: 2 ** 33 });
}

function containersOf(...args: Parameters<typeof textOf>): Record<string, Container> {
  return (parse(textOf(...args)) as { services: Record<string, Container> }).services;
}

describe('the Compose file', () => {
  test('says in its head that our CI does not exercise it', () => {
    const head = textOf('scaled')
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .join('\n');
    expect(head).toContain('NOT EXERCISED IN OUR CI');
  });

  test('has every process of the topology but the supervisor, and the service that joins the caches', () => {
    expect(Object.keys(containersOf('scaled'))).toEqual([
      ...['postgres-1', 'postgres-2', 'postgres-3', 'pubsub', 'cache-1', 'cache-2', 'cache-3'],
      ...['haproxy-db', 'haproxy', 'relay-1', 'relay-2', 'relay-3', 'cache-cluster'],
    ]);
    expect(Object.keys(containersOf('single'))).toEqual(['postgres-1', 'relay-1']);
  });

  test('names every image with its version', () => {
    for (const { image } of Object.values(containersOf('scaled'))) expect(image).toMatch(/^[\w-]+:\d+\.\d+/);
  });

  test('starts relays when the database balancer is healthy and the caches are a cluster', () => {
    expect(containersOf('scaled')['relay-2']?.depends_on).toMatchObject({
      'haproxy-db': { condition: 'service_healthy' },
      pubsub: { condition: 'service_healthy' },
      'cache-cluster': { condition: 'service_completed_successfully' },
    });
  });

  test('publishes the entry alone, on loopback alone', () => {
    const published = Object.entries(containersOf('scaled')).flatMap(([name, { ports }]) =>
      ports === undefined ? [] : [[name, ports]],
    );
    expect(published).toEqual([['haproxy', ['127.0.0.1:8080:8080']]]);
  });

  test('relays reach the others by their names', () => {
    expect(containersOf('scaled')['relay-1']?.command?.join(' ')).toBe(
      '--host 0.0.0.0 --port 8080 --relay-id relay-1 --metrics-host 0.0.0.0 --metrics-port 9464 --liveness-port 8081 ' +
        '--trust-proxy 172.16.0.0/12 --trust-proxy 192.168.0.0/16 --trust-proxy 10.0.0.0/8 ' +
        '--store postgres://relay@haproxy-db:5432/relaybench ' +
        '--replica postgres://relay@haproxy-db:5433/relaybench ' +
        '--replica postgres://relay@haproxy-db:5434/relaybench --redis redis://pubsub:6379 ' +
        '--redis-cluster cache-1:6379 --redis-cluster cache-2:6379 --redis-cluster cache-3:6379 ' +
        '--cache l2 --open-gift-wraps',
    );
  });

  test('the database balancer sends writes to the first Postgres and reads to the others, and looks names up again', () => {
    const config = containersOf('scaled')['haproxy-db']?.environment?.['CONFIG'] ?? '';
    const [write = '', first = '', second = ''] = config.split('listen pg_').slice(1);
    expect(write).toContain('server postgres-1 postgres-1:5432 resolvers containers init-addr none');
    expect(write).not.toContain('postgres-2');
    expect(first).toMatch(/^read_1\n(?:.*\n)*? {2}server postgres-2 postgres-2:5432 /);
    expect(first).not.toContain('postgres-3');
    expect(second).toMatch(/^read_2\n(?:.*\n)*? {2}server postgres-3 postgres-3:5432 /);
    expect(config).not.toContain('127.0.0.1');
  });

  test('without replicas nobody is asked for reads, and no slot is made', () => {
    const services = containersOf('scaled', { relays: 5, replicas: 0 });
    expect(services['haproxy-db']?.environment?.['CONFIG']).not.toContain('pg_read');
    expect(services['relay-5']?.command).not.toContain('--replica');
    expect(services['postgres-1']?.environment?.['INIT']).not.toContain('slot');
  });

  test('with durability sync the primary waits for replicas, but not while it is made', () => {
    const primary = containersOf('scaled', {}, 'sync')['postgres-1'];
    expect(primary?.environment?.['CONFIG']).toContain('synchronous_standby_names = \'ANY 1 ("postgres-1"');
    expect(primary?.environment?.['INIT']).toMatch(/^SET synchronous_commit = local;/);
  });

  test('holds no password: each comes from the environment, and without one nothing starts', () => {
    const text = textOf('scaled');
    for (const role of SECRET_ROLES) expect(text).toContain(`\${${secretName(role)}:?`);
    expect(text).not.toMatch(/\btrust\b(?!-)/);
    const secrets = containersOf('scaled')['relay-1']?.environment?.['RELAY_BENCH_SECRETS'] ?? '';
    expect(JSON.parse(secrets)).toMatchObject({ redis: { username: 'relay' } });
  });

  test('has what --set says, in Postgres and in the relays', () => {
    const shape = resolveShape('single');
    const settings = { 'postgres.work_mem': '16MB', 'relay.pool': '3' };
    const wanted = { profile: 'single', shape, durability: 'async', cache: 'l1', settings } as const;
    const text = composeFile(planContainers(wanted), {
      packageDir: '/a',
      version: '1',
      memoryBytes: 2 ** 33,
    });
    const { services } = parse(text) as { services: Record<string, Container> };
    expect(services['postgres-1']?.environment?.['CONFIG']).toContain('work_mem = 16MB');
    expect(services['relay-1']?.command?.join(' ')).toContain('--read-pool 3');
  });

  test('dollars of scripts and paths are not taken for variables of Compose', () => {
    expect(containersOf('single')['postgres-1']).toMatchObject({
      entrypoint: ['sh', '-c', expect.stringContaining('printf %s "$$CONFIG"')],
    });
    const shape = resolveShape('single');
    const state = planContainers({ profile: 'single', shape, durability: 'async', cache: 'l1' });
    const text = composeFile(state, { packageDir: '/a$b', version: '1', memoryBytes: 2 ** 33 });
    expect(text).toContain(`\${RELAY_BENCH_PACKAGE:-/a$$b}`);
  });
});
