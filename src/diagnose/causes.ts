/** What to read and to change where a part is the bottleneck. */
interface CauseEntry {
  /** For people, as the subject of a sentence. */
  readonly title: string;
  /** What to change first. */
  readonly remedy: string;
  /** Page of the documentation. */
  readonly page: string;
}

/**
 * Every part that can saturate, from the generator inwards. The order decides between suspects that are equally sure: what
 * stands nearer to the data holds up what stands before it, so the later one comes first.
 */
export const CAUSES = {
  'rate-limiter': {
    title: "the relay's rate limiter",
    remedy: 'raise its limit for the generator, or offer less',
    page: 'docs/bottlenecks.md#rate-limiter',
  },
  network: {
    title: 'the way to the relay',
    remedy: 'measure from nearer, or subtract the round trip: no relay is faster than the way to it',
    page: 'docs/bottlenecks.md#way-to-the-relay',
  },
  machine: {
    title: 'the cores of this machine',
    remedy: 'end other programs, give the generator a machine of its own, or the busiest part more cores',
    page: 'docs/bottlenecks.md#cores-of-the-machine',
  },
  haproxy: {
    title: 'the load balancer',
    remedy: 'give it a second thread, or put a second one beside it',
    page: 'docs/bottlenecks.md#load-balancer',
  },
  'relay-loop': {
    title: 'the event loop of the relay',
    remedy: 'add a relay: `stack up --relays`',
    page: 'docs/bottlenecks.md#event-loop-of-a-relay',
  },
  'fan-out': {
    title: 'fan-out to live subscriptions',
    remedy: 'spread subscribers over more relays: `stack up --relays`',
    page: 'docs/bottlenecks.md#fan-out',
  },
  verification: {
    title: 'the verification of signatures',
    remedy: 'give the relay more verification threads, or add a relay',
    page: 'docs/bottlenecks.md#verification',
  },
  redis: {
    title: 'Redis',
    remedy: 'look at its slow log and its memory; more cache masters share the keys',
    page: 'docs/bottlenecks.md#redis',
  },
  'pool-wait': {
    title: 'the pool of database connections',
    remedy: 'a larger pool (`stack up --set relay.pool=N`), as long as Postgres has cores to spare',
    page: 'docs/bottlenecks.md#pool',
  },
  'haproxy-db': {
    title: 'the database balancer',
    remedy: 'give it a second thread, or let caches answer more of what goes through it',
    page: 'docs/bottlenecks.md#database-balancer',
  },
  'replication-lag': {
    title: 'the replay of the replicas',
    remedy: 'look at what the replica waits for; more replicas share the reads, not the replay',
    page: 'docs/bottlenecks.md#replication-lag',
  },
  'postgres-cpu': {
    title: 'the CPU of Postgres',
    remedy: 'see `stack explain` for its costliest statements, then caches, then replicas',
    page: 'docs/bottlenecks.md#postgres-cpu',
  },
  'postgres-io': {
    title: 'the disk of Postgres',
    remedy: 'more shared_buffers for reads; for writes a faster disk, or durability async',
    page: 'docs/bottlenecks.md#postgres-disk',
  },
  'postgres-locks': {
    title: 'locks in Postgres',
    remedy: 'see `stack explain` for the statements that wait, and write what is replaced less often',
    page: 'docs/bottlenecks.md#postgres-locks',
  },
  generator: {
    title: 'the generator, not the relay',
    remedy: 'lower the load, or give the generator cores of its own, and measure again',
    page: 'docs/bottlenecks.md#generator',
  },
} as const satisfies Record<string, CauseEntry>;

export type Cause = keyof typeof CAUSES;
export const CAUSE_NAMES = Object.keys(CAUSES) as readonly Cause[];

/** How sure a suspicion is. */
export type Sureness = 'sure' | 'likely' | 'possible';

/** A part that a run has driven to its end, and why that is thought. */
export interface Suspect {
  readonly cause: Cause;
  /** The component, where there are several of its kind. */
  readonly component: string | null;
  readonly sureness: Sureness;
  /** Seconds of the load in which it was saturated. */
  readonly seconds: readonly number[];
  /** Figures, one sentence each. */
  readonly evidence: readonly string[];
  /** What to change first, where that is something else than its cause has. */
  readonly remedy?: string;
}
