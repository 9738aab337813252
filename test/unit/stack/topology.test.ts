import { describe, expect, test } from 'vitest';
import { regionsOf, resolveShape, STACK_PROFILES, servicesOf } from '../../../src/stack/topology.ts';

const namesOf = (profile: string, overrides = {}): string[] =>
  servicesOf(resolveShape(profile, overrides)).map(({ name }) => name);

describe('profiles of stacks', () => {
  test('single is one relay with its database', () => {
    expect(namesOf('single')).toEqual(['postgres-1', 'supervisor', 'watcher', 'relay-1']);
  });

  test('scaled has two balancers, three relays, pub/sub, three caches and two replicas', () => {
    expect(namesOf('scaled')).toEqual([
      ...['postgres-1', 'postgres-2', 'postgres-3', 'pubsub', 'cache-1', 'cache-2', 'cache-3'],
      ...['supervisor', 'watcher', 'haproxy-db', 'haproxy', 'relay-1', 'relay-2', 'relay-3'],
    ]);
  });

  test('edge has two regions, each with a balancer and an edge, far from a relay with its database', () => {
    expect(namesOf('edge')).toEqual([
      ...['postgres-1', 'links', 'supervisor', 'watcher', 'relay-1'],
      ...['edge-1', 'region-1', 'edge-2', 'region-2'],
    ]);
  });

  test('edges are numbered through, region by region', () => {
    expect(regionsOf(resolveShape('edge', { edges: 2 }))).toEqual([
      { region: 1, balancer: 'region-1', edges: ['edge-1', 'edge-2'] },
      { region: 2, balancer: 'region-2', edges: ['edge-3', 'edge-4'] },
    ]);
    expect(regionsOf(resolveShape('scaled'))).toEqual([]);
  });

  test('a region without edges has its balancer, which needs the origin', () => {
    const services = servicesOf(resolveShape('edge', { edges: 0 }));
    expect(services.filter(({ kind }) => kind === 'edge')).toEqual([]);
    expect(services.find(({ name }) => name === 'region-2')?.dependsOn).toEqual(['relay-1', 'links']);
  });

  test('an origin of several relays has a balancer and Redis between them', () => {
    const shape = resolveShape('edge', { relays: 2 });
    expect(shape).toMatchObject({ balancer: true, pubsub: true });
    expect(resolveShape('edge')).toMatchObject({ balancer: false, pubsub: false });
    expect(resolveShape('edge', { replicas: 1 })).toMatchObject({ balancer: true, pubsub: false });
    expect(servicesOf(shape).map(({ name }) => name)).toContain('haproxy');
  });

  test('only regions have edges', () => {
    expect(() => resolveShape('scaled', { edges: 1 })).toThrow(/no regions, so it has no edges/);
    expect(() => resolveShape('edge', { edges: 17 })).toThrow(/at most 16/);
  });

  test('the numbers of relays and replicas can be changed', () => {
    const names = namesOf('scaled', { relays: 5, replicas: 0 });
    expect(names.filter((name) => name.startsWith('relay-'))).toHaveLength(5);
    expect(names.filter((name) => name.startsWith('postgres-'))).toEqual(['postgres-1']);
  });

  test.each(STACK_PROFILES)('in %s every service comes after all that it depends on', (profile) => {
    const seen = new Set<string>();
    for (const { name, dependsOn } of servicesOf(resolveShape(profile))) {
      for (const dependency of dependsOn) expect(seen, `${name} needs ${dependency}`).toContain(dependency);
      seen.add(name);
    }
  });

  test('relays wait for the balancer of the database, and that of the clients waits for nobody', () => {
    const needs = new Map(servicesOf(resolveShape('scaled')).map(({ name, dependsOn }) => [name, dependsOn]));
    expect(needs.get('relay-1')).toContain('haproxy-db');
    expect(needs.get('relay-1')).not.toContain('haproxy');
    expect(needs.get('haproxy-db')).toEqual(['supervisor']);
    expect(needs.get('haproxy')).toEqual([]);
  });

  test('who observes the others is started last, where that is asked for', () => {
    const shape = resolveShape('scaled');
    const last = servicesOf(shape, { observe: true }).at(-1);
    expect(last).toMatchObject({ name: 'prometheus', dependsOn: ['relay-1', 'relay-2', 'relay-3'] });
    expect(servicesOf(shape, { links: true }).map(({ kind }) => kind)).not.toContain('prometheus');
  });

  test('an unknown profile is a usage error that names what was meant', () => {
    expect(() => resolveShape('scalde')).toThrow(/did you mean "scaled"/);
    expect(() => resolveShape('constructor')).toThrow(/not a stack profile/);
  });

  test('several relays need a balancer', () => {
    expect(() => resolveShape('single', { relays: 2 })).toThrow(/no load balancer/);
  });

  test('more processes than make sense are refused', () => {
    expect(() => resolveShape('scaled', { relays: 17 })).toThrow(/at most 16/);
  });
});
