// Bottlenecks of the stack, each made by one flag of `stack up` and gone without it, with a load that meets it.

/** Everyday questions, most of them with other values each time: a cache has few of the answers. */
const MANY_SHAPES = [
  { name: 'global-feed', filter: { kinds: [1], limit: 50 } },
  { name: 'author-archive', filter: { authors: 3, limit: 50 } },
  { name: 'hashtag', filter: { kinds: [1], '#t': 1, limit: 50 } },
  { name: 'by-ids', filter: { ids: 20 } },
];
/** What everybody asks, again and again: the newest notes, and those of a topic. */
const FEW_QUESTIONS = [
  { name: 'global-feed', filter: { kinds: [1], limit: 50 } },
  { name: 'hashtag', weight: 9, filter: { kinds: [1], '#t': 1, limit: 50 } },
];

/**
 * @typedef {object} Bottleneck
 * @property {string} name as `--only` takes it
 * @property {string} title for people
 * @property {readonly string[]} flags of `stack up`, before and after
 * @property {readonly string[]} before what makes it
 * @property {readonly string[]} after what takes it away
 * @property {readonly string[] | null} fault what is done to the stack meanwhile, before and after, as `stack fault` takes it
 * @property {{ readonly events: number, readonly topics: number, readonly rate: string, readonly filters: readonly object[] }} load
 */

/** @type {readonly Bottleneck[]} */
export const BOTTLENECKS = [
  {
    name: 'indexes',
    title: 'no covering index',
    // One Postgres: of three that share the cores of one machine none is at its end.
    flags: ['--cache', 'off', '--replicas', '0'],
    before: ['--without-indexes'],
    after: [],
    fault: null,
    load: { events: 20_000, topics: 50, rate: '75/s', filters: MANY_SHAPES },
  },
  {
    name: 'pool',
    title: 'pool too small',
    // A database that is not on the same machine: each answer takes its way, and a connection waits for it.
    flags: ['--cache', 'off', '--relays', '1', '--replicas', '1', '--faultable'],
    before: ['--set', 'relay.pool=1'],
    after: ['--set', 'relay.pool=8'],
    fault: ['delay', 'relay/1', '--link', 'postgres', '--latency', '5ms'],
    load: { events: 4_000, topics: 50, rate: '40/s', filters: MANY_SHAPES },
  },
  {
    name: 'caches',
    title: 'caches off',
    // Questions that cost something: Postgres is at its end before the relays are.
    flags: ['--replicas', '0', '--without-indexes'],
    before: ['--cache', 'off'],
    after: ['--cache', 'both'],
    fault: null,
    load: { events: 20_000, topics: 50, rate: '125/s', filters: FEW_QUESTIONS },
  },
];

const CONNECTIONS = 100;
const WARMUP = '3s';

/** The load of a bottleneck as a scenario. @param {Bottleneck} bottleneck @param {string} duration */
export function scenarioOf({ name, title, load: { events, topics, rate, filters } }, duration) {
  return {
    name: `bottleneck-${name}`,
    description: `What a stack answers with ${title}, and without.`,
    connections: { count: CONNECTIONS },
    corpus: { events, topics },
    workloads: { query: { rate, arrivals: 'poisson', filters } },
    warmup: WARMUP,
    phases: [{ name: 'steady', duration }],
    drain: '5s',
  };
}
