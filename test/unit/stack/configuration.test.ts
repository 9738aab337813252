import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { edgeAddresses, edgeArgs, edgesOf, regionOf } from '../../../src/stack/edges.ts';
import { addressLimit, clientLimit, haproxyConfig } from '../../../src/stack/haproxy/config.ts';
import { linksOf } from '../../../src/stack/links.ts';
import { planStack } from '../../../src/stack/plan-stack.ts';
import { hbaFile, nodeFile, settingsFile } from '../../../src/stack/postgres/settings.ts';
import { prometheusConfig } from '../../../src/stack/prometheus/config.ts';
import { cacheConfig, pubsubConfig } from '../../../src/stack/redis/config.ts';
import { relayArgs } from '../../../src/stack/relays.ts';
import { entriesOf, entryOf, type Service, type StackState } from '../../../src/stack/state.ts';
import { resolveShape } from '../../../src/stack/topology.ts';
import { sampleStack, stackOfBefore } from '../../support/sample-stack.ts';

const GIB = 2 ** 30;

function service(state: StackState, name: string): Service {
  const found = state.services.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

const haproxy = (state: StackState, name = 'haproxy'): string =>
  haproxyConfig(state, service(state, name), 20_000);

describe('the configuration of HAProxy', () => {
  test('lets nobody behind it keep an event without asking again, and keeps it for a second itself', async () => {
    const text = haproxy(await sampleStack('scaled'));
    expect(text).toContain('max-age 1\n');
    expect(text).toMatch(
      /set-header Cache-Control "public, max-age=1".*\n.*cache-store events\n.*after-response.* "public, no-cache"/,
    );
  });

  test('sends WebSockets to the relay with the fewest and checks that its process lives', async () => {
    const text = haproxy(await sampleStack('scaled'));
    expect(text).toMatch(/backend relays\n(?:.*\n)*? {2}balance leastconn/);
    expect(text).toContain('http-check send meth GET uri /health');
    expect(text).toContain('on-marked-down shutdown-sessions');
  });

  test('has every relay twice: for WebSockets, and for events where the check is shared', async () => {
    const state = await sampleStack('scaled', { relays: 2 });
    for (const name of ['relay-1', 'relay-2']) {
      const { ws: port, liveness } = service(state, name).ports;
      expect(haproxy(state)).toContain(`  server ${name} 127.0.0.1:${port} port ${liveness}\n`);
      expect(haproxy(state)).toContain(`  server ${name} 127.0.0.1:${port} track relays/${name}\n`);
    }
  });

  test('asks the supervisor for the role of every Postgres, and lets nobody through before its first answer', async () => {
    const state = await sampleStack('scaled');
    const { roles } = service(state, 'supervisor').ports;
    const text = haproxy(state, 'haproxy-db');
    expect(text).toContain(`disabled agent-check agent-addr 127.0.0.1 agent-port ${roles} `);
    for (const name of ['postgres-1', 'postgres-2', 'postgres-3']) {
      const line = `  server ${name} 127.0.0.1:${service(state, name).ports['sql']} agent-send`;
      expect(text).toContain(`${line} "write ${name}\\n"\n`);
      expect(text).toContain(`${line} "read 1 ${name}\\n"\n`);
      expect(text).toContain(`${line} "read 2 ${name}\\n"\n`);
    }
  });

  test('leads clients to relays in one process and relays to Postgres in another, which share no port', async () => {
    const state = await sampleStack('scaled');
    const sections = (name: string): string[] =>
      [...haproxy(state, name).matchAll(/^(?:frontend|backend|listen) (\w+)$/gm)].map(([, of = '']) => of);
    expect(sections('haproxy')).toEqual(['clients', 'relays', 'events', 'stats']);
    expect(sections('haproxy-db')).toEqual(['pg_write', 'pg_read_1', 'pg_read_2', 'stats']);
    const ports = ['haproxy', 'haproxy-db'].flatMap((name) => Object.values(service(state, name).ports));
    expect(new Set(ports).size).toBe(ports.length);
  });

  test('has both in a stack that was started when there was one for both', async () => {
    const state = await stackOfBefore();
    const text = haproxy(state);
    for (const section of ['frontend clients', 'listen pg_write', 'listen pg_read_2']) {
      expect(text).toContain(`${section}\n`);
    }
  });

  test('gives a relay that is about to end no new clients', async () => {
    const text = haproxy(await sampleStack('scaled'));
    expect(text).toContain('http-check disable-on-404');
    expect(text).toMatch(/retry-on .*503/);
  });

  test.each([
    ['default', 9_500, 8_550],
    ['default', 200, 180],
    [100, 9_500, 100],
    ['off', 9_500, null],
  ] as const)('one address may hold, by %s of %d places, %s', async (perAddress, clients, limit) => {
    expect(addressLimit({ perAddress }, clients)).toBe(limit);
    const text = haproxy(await sampleStack('scaled', { perAddress }));
    if (limit === null) expect(text).not.toContain('conn_cur');
    else expect(text).toMatch(/tcp-request connection reject if \{ sc0_conn_cur gt \d+ \}/);
  });

  test('believes nobody who names the address that it comes from', async () => {
    const text = haproxy(await sampleStack('scaled'));
    expect(text).toMatch(/del-header X-Forwarded-For\n {2}option forwardfor/);
  });

  test.each([
    [20_000, 9_500],
    [1_024, 200],
    [1_048_576, 30_000],
  ])('%d descriptors serve %d clients', (openFiles, clients) => {
    expect(clientLimit(openFiles)).toBe(clients);
  });
});

describe('the configuration of Prometheus', () => {
  interface Config {
    readonly rule_files: readonly string[];
    readonly scrape_configs: readonly {
      readonly job_name: string;
      readonly static_configs: readonly {
        readonly targets: string[];
        readonly labels: { instance: string };
      }[];
    }[];
  }
  const configOf = (state: StackState): Config =>
    parse(prometheusConfig(state, service(state, 'prometheus'), '/stack/prometheus/alerts.yaml'));

  test('names every relay, both balancers, itself and the port of a run, by the names of the services', async () => {
    const state = await sampleStack('scaled', { observe: true });
    const at = (name: string, purpose: string): string => `127.0.0.1:${service(state, name).ports[purpose]}`;
    const { rule_files, scrape_configs } = configOf(state);
    expect(rule_files).toEqual(['/stack/prometheus/alerts.yaml']);
    const targets = scrape_configs.flatMap(({ job_name, static_configs }) =>
      static_configs.map(({ targets: [target], labels }) => [job_name, labels.instance, target]),
    );
    expect(targets).toEqual([
      ...[1, 2, 3].map((n) => ['nostr-relay', `relay-${n}`, at(`relay-${n}`, 'metrics')]),
      ['haproxy', 'haproxy', at('haproxy', 'stats')],
      ['haproxy', 'haproxy-db', at('haproxy-db', 'stats')],
      ['relay-bench', 'run', at('prometheus', 'run')],
      ['prometheus', 'prometheus', at('prometheus', 'http')],
    ]);
  });

  test('has no job for a balancer that is not there', async () => {
    const { scrape_configs } = configOf(await sampleStack('single', { observe: true }));
    expect(scrape_configs.map((job) => job.job_name)).toEqual(['nostr-relay', 'relay-bench', 'prometheus']);
  });

  test('has the jobs that alert rules and documentation name', async () => {
    const { scrape_configs } = configOf(await sampleStack('scaled', { observe: true }));
    const jobs = scrape_configs.map((job) => job.job_name);
    for (const file of ['grafana/alerts.yaml', 'observability.md']) {
      const text = await readFile(new URL(`../../../docs/${file}`, import.meta.url), 'utf8');
      const named = [...text.matchAll(/job(?:="|_name: )([\w-]+)/g)].map((match) => match[1]);
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((name) => !jobs.includes(name ?? ''))).toEqual([]);
    }
  });
});

describe('the configuration of Postgres', () => {
  test('gives a reason for every setting', async () => {
    const lines = settingsFile(await sampleStack('scaled'), 24 * GIB).split('\n');
    const settings = lines.flatMap((line, index) => (/^\w+ = /.test(line) ? [index] : []));
    expect(settings.length).toBeGreaterThan(25);
    for (const index of settings) expect(lines[index - 1], lines[index]).toMatch(/^# .{10,}/);
  });

  test('never turns off that a commit is on disk', async () => {
    const text = settingsFile(await sampleStack('scaled'), GIB);
    expect(text).toContain('fsync = on');
    expect(text).toContain('synchronous_commit = on');
  });

  test('waits for one replica with durability sync and for none without', async () => {
    const text = async (durability: 'sync' | 'async') =>
      settingsFile(await sampleStack('scaled', { durability }), GIB);
    expect(await text('sync')).toContain(`= 'ANY 1 ("postgres-1", "postgres-2", "postgres-3")'`);
    expect(await text('async')).toContain(`synchronous_standby_names = ''`);
  });

  test.each([
    [0.25, 64],
    [4, 170],
    [64, 512],
  ])('with %d GiB three servers take %d MB of buffers each', async (gib, buffers) => {
    expect(settingsFile(await sampleStack('scaled'), gib * GIB)).toContain(`shared_buffers = ${buffers}MB`);
  });

  test('has what --set says in the place of its own value, and beside it', async () => {
    const settings = {
      'postgres.shared_buffers': '96MB',
      'postgres.enable_seqscan': 'off',
      'relay.pool': '1',
    };
    const text = settingsFile(await sampleStack('scaled', { settings }), 4 * GIB);
    expect(text.match(/^shared_buffers = .*$/gm)).toEqual(['shared_buffers = 96MB']);
    expect(text).toMatch(/^# .*--set.*\nenable_seqscan = off$/m);
    expect(text).not.toMatch(/^\S*pool/m);
  });

  test('a replica names its primary and its slot, a primary none', async () => {
    const state = await sampleStack('scaled');
    const [first, second] = [service(state, 'postgres-1'), service(state, 'postgres-2')];
    expect(nodeFile(first, null)).not.toContain('primary_conninfo');
    expect(nodeFile(second, first)).toContain(`port=${first.ports['sql']} user=replicator`);
    expect(nodeFile(second, first)).toContain(`primary_slot_name = 'postgres_2'`);
  });

  test('lets nobody in without a password', () => {
    for (const text of [hbaFile(), hbaFile('samenet')]) {
      expect(text).not.toMatch(/\b(?:trust|peer|md5|password)\b/);
      expect(text.match(/ scram-sha-256$/gm)).toHaveLength(4);
    }
  });

  test('lets the superuser in through the socket alone', () => {
    const lines = hbaFile()
      .split('\n')
      .filter((line) => line.includes('postgres'));
    for (const line of lines) expect(line).toMatch(/^local /);
  });
});

describe('the configuration of Redis', () => {
  test('a cache may be full, the least used goes; nothing is written to disk', async () => {
    const text = cacheConfig(service(await sampleStack('scaled'), 'cache-2'), []);
    expect(text).toContain('maxmemory-policy allkeys-lfu');
    expect(text).toContain('cluster-enabled yes');
    expect(text).toContain('appendonly no');
  });

  test('pub/sub is no cluster and cuts readers that do not keep up', async () => {
    const text = pubsubConfig(service(await sampleStack('scaled'), 'pubsub'), []);
    expect(text).not.toContain('cluster');
    expect(text).toContain('client-output-buffer-limit pubsub');
  });
});

describe('the flags of a relay', () => {
  test('in scaled both kinds of Postgres connections go through the database balancer', async () => {
    const state = await sampleStack('scaled');
    const { pg_write, pg_read_1, pg_read_2 } = service(state, 'haproxy-db').ports;
    const args = relayArgs(state, service(state, 'relay-2')).join(' ');
    expect(args).toContain('--relay-id relay-2');
    expect(args).toContain(`--store postgres://relay@127.0.0.1:${pg_write}/relaybench`);
    for (const port of [pg_read_1, pg_read_2]) {
      expect(args).toContain(`--replica postgres://relay@127.0.0.1:${port}/relaybench`);
    }
    expect(args.match(/--redis-cluster/g)).toHaveLength(3);
    expect(args).toContain(`--redis redis://127.0.0.1:${service(state, 'pubsub').ports['redis']}`);
  });

  test('lead to the one balancer of a stack that was started when there was one for both', async () => {
    const state = await stackOfBefore();
    const { pg_write, pg_read_2 } = service(state, 'haproxy').ports;
    const args = relayArgs(state, service(state, 'relay-2')).join(' ');
    expect(args).toContain(`--store postgres://relay@127.0.0.1:${pg_write}/relaybench`);
    expect(args).toContain(`--replica postgres://relay@127.0.0.1:${pg_read_2}/relaybench`);
  });

  test('say who the clients are, where the metrics are, and no password', async () => {
    const state = await sampleStack('scaled');
    const args = relayArgs(state, service(state, 'relay-2')).join(' ');
    expect(args).toContain('--trust-proxy 127.0.0.1');
    expect(args).toContain(`--metrics-port ${service(state, 'relay-2').ports['metrics']}`);
    expect(args).toContain(`--liveness-port ${service(state, 'relay-2').ports['liveness']}`);
    expect(args).not.toMatch(/\/\/[^@ ]*:[^@ ]*@|password/);
  });

  test('hold what --set says and whether the tables lack their indexes', async () => {
    const settings = { 'relay.pool': '1', 'relay.max-limit': '100', 'postgres.work_mem': '16MB' };
    const state = await sampleStack('scaled', { settings, withoutIndexes: true });
    const args = relayArgs(state, service(state, 'relay-2')).join(' ');
    expect(args).toContain(' --read-pool 1 --max-limit 100 --without-indexes ');
    expect(args).not.toContain('work_mem');
    const plain = await sampleStack('scaled');
    expect(relayArgs(plain, service(plain, 'relay-2')).join(' ')).not.toMatch(
      /--read-pool|--without-indexes/,
    );
  });

  test('in single a relay talks to its only Postgres', async () => {
    const state = await sampleStack('single');
    const args = relayArgs(state, service(state, 'relay-1')).join(' ');
    expect(args).toContain(
      `--store postgres://relay@127.0.0.1:${service(state, 'postgres-1').ports['sql']}/`,
    );
    expect(args).not.toMatch(/--replica|--redis/);
  });
});

describe('the entry of a stack', () => {
  test('is the balancer where there is one, else the relay', async () => {
    const [scaled, single] = [await sampleStack('scaled'), await sampleStack('single')];
    expect(entryOf(scaled)).toBe(`ws://127.0.0.1:${service(scaled, 'haproxy').ports['ws']}/`);
    expect(entryOf(single)).toBe(`ws://127.0.0.1:${service(single, 'relay-1').ports['ws']}/`);
  });

  test('is the balancer of each region where there are regions, or the proxy before it', async () => {
    const state = await sampleStack('edge');
    expect(entriesOf(state)).toEqual(
      ['region-1', 'region-2'].map((name) => `ws://127.0.0.1:${service(state, name).ports['ws']}/`),
    );
    const breakable = await sampleStack('edge', { links: ['clients'] });
    const { ports } = service(breakable, 'links');
    expect(entriesOf(breakable)).toEqual(
      ['region-1', 'region-2'].map((name) => `ws://127.0.0.1:${ports[`clients>${name}:ws`]}/`),
    );
  });

  test('is where it was asked to be, of the first region', async () => {
    const request = { profile: 'edge', shape: resolveShape('edge'), dir: '/stack', port: 7_777 } as const;
    const state = await planStack({ ...request, durability: 'async', cache: 'l1' }, null, {
      ...{ binaries: {}, postgres: 'system' },
    });
    expect(entryOf(state)).toBe('ws://127.0.0.1:7777/');
  });
});

describe('the regions of a stack', () => {
  test('have edges that reach the origin over the long way', async () => {
    const state = await sampleStack('edge');
    const { ports } = service(state, 'links');
    expect(edgeArgs(state, service(state, 'edge-2')).join(' ')).toContain(
      `--role edge --origin ws://127.0.0.1:${ports['edge-2>relay-1:ws']}`,
    );
    expect(edgesOf(state).map(({ name }) => regionOf(state, name))).toEqual([1, 2]);
    expect(regionOf(state, 'region-2')).toBe(2);
    expect(regionOf(state, 'relay-1')).toBeNull();
    expect(edgeAddresses(state)).toEqual(
      edgesOf(state).map(({ name, ports: own }) => ({ name, url: `ws://127.0.0.1:${own['ws']}/` })),
    );
  });

  test('give edges the limits of relays, and nothing of Postgres', async () => {
    const state = await sampleStack('edge', {
      settings: { 'relay.pool': '3', 'relay.max-connections': '10' },
    });
    const args = edgeArgs(state, service(state, 'edge-1')).join(' ');
    expect(args).toContain('--max-connections 10');
    expect(args).not.toMatch(/read-pool|--store|--cache/);
  });

  test('have balancers that lead to their own edges and keep pages that change, too', async () => {
    const state = await sampleStack('edge', { edges: 2 });
    const text = haproxy(state, 'region-2');
    expect(text).toContain('use_backend events if { path_beg /e/ /p/ }');
    expect(text.match(/server edge-\d/g)).toEqual(
      ['edge-3', 'edge-4', 'edge-3', 'edge-4'].map((name) => `server ${name}`),
    );
    const { ws: port, liveness } = service(state, 'edge-3').ports;
    expect(text).toContain(`  server edge-3 127.0.0.1:${port} port ${liveness}\n`);
    expect(haproxy(await sampleStack('scaled'))).toContain('path_beg /e/ }');
  });

  test('lead over the long way to the origin itself where they have no edges', async () => {
    const state = await sampleStack('edge', { edges: 0 });
    const { ports } = service(state, 'links');
    expect(haproxy(state, 'region-2')).toContain(
      `  server relay-1 127.0.0.1:${ports['region-2>relay-1:ws']}\n`,
    );
  });

  test('reach the balancer of an origin that has one', async () => {
    const state = await sampleStack('edge', { relays: 2 });
    expect(linksOf(state).map(({ name, region }) => [name, region])).toEqual([
      ['edge-1>haproxy:ws', 1],
      ['edge-2>haproxy:ws', 2],
    ]);
  });

  test('are scraped, and what the ways to the origin carry, too', async () => {
    const state = await sampleStack('edge', { observe: true });
    const text = prometheusConfig(state, service(state, 'prometheus'), '/rules.yaml');
    for (const name of ['edge-1', 'region-2', 'links']) expect(text).toContain(`instance: ${name}\n`);
  });
});
