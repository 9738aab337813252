/** Sorts of parts that faults can happen to. `primary` and `replica` are roles that a Postgres has at that moment. */
export const PART_KINDS = [
  'relay',
  'primary',
  'replica',
  'postgres',
  'pubsub',
  'cache',
  'haproxy',
  'haproxy-db',
  'supervisor',
  'edge',
  'region',
] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** Connections between parts that a proxy can stand in. */
export const LINKS = {
  clients: 'clients and HAProxy',
  postgres: 'relays and Postgres',
  redis: 'relays and Redis pub/sub',
  replication: 'replicas and their primary',
  wan: 'regions and their origin',
} as const;
export type LinkName = keyof typeof LINKS;
export const LINK_NAMES = Object.keys(LINKS) as readonly LinkName[];

/** Settings that only some actions have. */
export const OPTION_NAMES = ['link', 'direction', 'latency', 'jitter', 'bandwidth', 'how', 'most'] as const;
export type OptionName = (typeof OPTION_NAMES)[number];

/** What an action does and what it fits. */
export interface ActionForm {
  /** One line for people. */
  readonly does: string;
  readonly on: readonly PartKind[];
  /** Whether it goes on for some time, and so may be given one. */
  readonly lasts: boolean;
  readonly options: readonly OptionName[];
  /** Of them, those that must be given. */
  readonly needs?: readonly OptionName[];
}

const POSTGRES = ['primary', 'replica', 'postgres'] as const;
const LINKED = ['relay', ...POSTGRES, 'pubsub', 'haproxy', 'haproxy-db', 'edge', 'region'] as const;
const ON_LINKS = ['link', 'direction'] as const;

/** THE list of what can be done to a part. */
export const ACTIONS = {
  kill: {
    does: 'end its process at once (SIGKILL); with a time, again as often as it comes back within it',
    on: PART_KINDS,
    lasts: true,
    options: [],
  },
  freeze: {
    does: 'stop its processes where they are (SIGSTOP), until thaw or for a time',
    on: PART_KINDS,
    lasts: true,
    options: [],
  },
  thaw: { does: 'let frozen processes go on (SIGCONT)', on: PART_KINDS, lasts: false, options: [] },
  restart: {
    does: 'end it in an orderly way (SIGTERM, Postgres SIGINT) and wait until it serves again',
    on: PART_KINDS,
    lasts: false,
    options: [],
  },
  drain: {
    does: 'let HAProxy send it no new clients, then end it in an orderly way; it takes clients again when it is back',
    on: ['relay'],
    lasts: false,
    options: [],
  },
  partition: {
    does: 'let nothing through its links: held back until it is over, or reset (TCP RST)',
    on: LINKED,
    lasts: true,
    options: [...ON_LINKS, 'how'],
  },
  delay: {
    does: 'let everything on its links arrive later',
    on: LINKED,
    lasts: true,
    options: [...ON_LINKS, 'latency', 'jitter'],
    needs: ['latency'],
  },
  throttle: {
    does: 'let only so many bytes a second through each connection of its links',
    on: LINKED,
    lasts: true,
    options: [...ON_LINKS, 'bandwidth'],
    needs: ['bandwidth'],
  },
  'pause-replay': {
    does: 'let a replica receive and not apply what its primary writes (pg_wal_replay_pause)',
    on: ['replica'],
    lasts: true,
    options: [],
  },
  flush: { does: 'empty the cache (FLUSHALL)', on: ['cache'], lasts: false, options: [] },
  'drop-pubsub': {
    does: 'cut the connections of the subscribers of Redis pub/sub (CLIENT KILL TYPE pubsub)',
    on: ['pubsub'],
    lasts: false,
    options: [],
  },
  'fill-disk': {
    does: 'write a file until the file system of its directory is full; refused where that takes more than `most`',
    on: PART_KINDS,
    lasts: true,
    options: ['most'],
  },
} as const satisfies Record<string, ActionForm>;

export type ActionName = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as readonly ActionName[];

/** The entry of an action. */
export function actionForm(name: ActionName): ActionForm {
  return ACTIONS[name];
}

/** The links that end at a part of a kind. */
export const LINKS_OF: Readonly<Record<PartKind, readonly LinkName[]>> = {
  relay: ['postgres', 'redis'],
  primary: ['replication'],
  replica: ['replication'],
  postgres: ['replication'],
  pubsub: ['redis'],
  haproxy: ['clients'],
  'haproxy-db': ['postgres'],
  cache: [],
  supervisor: [],
  edge: ['wan'],
  region: ['clients', 'wan'],
};

/** Whether an action needs proxies in links, which a stack has only where it was started with them. */
export function needsLinks(action: ActionName): boolean {
  return actionForm(action).options.includes('link');
}
