// One part of the stack at a time that can't do its work, and what `diagnose` has to say of it.

/** Everything at once and everything at ease: events to several subscribers each, and questions of which caches have some of the answers. */
const LOAD = {
  connections: { count: 60 },
  corpus: { events: 2_000, topics: 50 },
  workloads: {
    publish: { rate: '100/s', arrivals: 'poisson' },
    subscribe: { connections: 30, topics: 10 },
    query: {
      rate: '60/s',
      arrivals: 'poisson',
      filters: [
        { name: 'global-feed', filter: { kinds: [1], limit: 50 } },
        { name: 'author-archive', filter: { authors: 3, limit: 50 } },
        { name: 'hashtag', filter: { kinds: [1], '#t': 1, limit: 50 } },
        { name: 'by-ids', filter: { ids: 20 } },
      ],
    },
  },
};
/** Events alone: the thread that verifies them is the one that is busier than without. */
export const EVENTS = {
  connections: { count: 20 },
  corpus: LOAD.corpus,
  workloads: { publish: { rate: '400/s', arrivals: 'poisson' } },
};
/** Questions alone, with other values each time. */
const QUESTIONS = {
  ...LOAD,
  workloads: { query: { ...LOAD.workloads.query, rate: '100/s' } },
};

/**
 * @typedef {object} Throttled
 * @property {string} name as `--only` takes it
 * @property {string} how in words
 * @property {string} cause what `diagnose` has to name
 * @property {string | null} component where there are several of its kind
 * @property {{ kind: 'service' | 'threads', service: string, least: number } | { kind: 'generator', cores: number } | null} throttle
 */

/** Part of what it used of the CPU with nothing in its way. */
export const PART = 0.5;
/** Of a thread, which is awake for more than its work. */
export const PART_OF_THREAD = 0.25;
/** Of a core, all workers of the generator together. */
const TENTH = 0.1;

const HALF = 'half the CPU that it used before';

/** A Postgres with less does not even get to say that it lives; others may have as little as it takes. */
const LEAST_OF_POSTGRES = 0.015;

/** @param {string} name @param {string} service @param {string} cause @returns {Throttled} */
function service(name, service, cause) {
  const least = cause === 'postgres-cpu' ? LEAST_OF_POSTGRES : 0;
  return { name, how: HALF, cause, component: service, throttle: { kind: 'service', service, least } };
}

/**
 * Stacks, each brought up once, with what is throttled in it.
 * @type {readonly { flags: readonly string[], fault: readonly string[] | null, load: object, cases: readonly Throttled[] }[]}
 */
export const STACKS = [
  {
    flags: ['--relays', '2'],
    fault: null,
    load: LOAD,
    cases: [
      service('relay', 'relay-1', 'relay-loop'),
      service('replica', 'postgres-2', 'postgres-cpu'),
      service('Redis', 'pubsub', 'redis'),
      service('HAProxy', 'haproxy', 'haproxy'),
      {
        name: 'verification',
        how: 'on, its thread with a quarter of the CPU that it used before',
        cause: 'verification',
        component: 'relay-1',
        throttle: { kind: 'threads', service: 'relay-1', least: 0 },
      },
      {
        name: 'generator',
        how: 'a tenth of a core',
        cause: 'generator',
        component: null,
        throttle: { kind: 'generator', cores: TENTH },
      },
    ],
  },
  {
    // Without a replica nobody takes the place of a primary that is too slow to say that it lives.
    flags: ['--cache', 'off', '--relays', '1', '--replicas', '0'],
    fault: null,
    load: LOAD,
    cases: [service('Postgres', 'postgres-1', 'postgres-cpu')],
  },
  {
    flags: ['--cache', 'off', '--relays', '1', '--replicas', '1', '--faultable', '--set', 'relay.pool=1'],
    fault: ['delay', 'relay/1', '--link', 'postgres', '--latency', '5ms'],
    load: QUESTIONS,
    cases: [
      {
        name: 'pool',
        how: 'one connection to each Postgres, which is 5 ms away',
        cause: 'pool-wait',
        component: 'relay-1',
        throttle: null,
      },
    ],
  },
];

/** The load as a scenario. @param {object} load @param {string} duration */
export function scenarioOf(load, duration) {
  return {
    name: 'throttled',
    description: 'One part of the stack at a time that is held back.',
    ...load,
    warmup: '2s',
    phases: [{ name: 'steady', duration }],
    drain: '2s',
  };
}
