import type { ComponentUsage } from '../record/schema.ts';

/** A stretch of time at both ends of which a server took itself for the primary. */
interface Reign {
  readonly name: string;
  /** Seconds after the measured phases began. */
  readonly from_s: number;
  readonly to_s: number;
  /** Rows that it has stored meanwhile. */
  readonly rows: number;
}

/** What the samples of the databases of a stack show. */
export interface PrimaryWatch {
  /** Databases of the stack. */
  readonly servers: readonly string[];
  /** Stretches of about a second in which a primary was watched. */
  readonly watched: number;
  /** Pairs of servers that have stored something at the same time. */
  readonly conflicts: readonly (readonly [Reign, Reign])[];
}

/** Samples further apart than this say nothing of the time between them: the server may have been frozen. */
const MOST_APART_S = 1.5;
/** Only a primary has this figure: how many replicas follow it. */
const OF_PRIMARY = 'replicas';
const STORED = 'rowsInserted_total';
const ROLE = 'Postgres';

/**
 * Which servers have accepted writes when, as each of them has said itself, once a second. A server was writing between two
 * samples in both of which it took itself for the primary and in between which its rows have grown.
 */
export function watchPrimaries(components: readonly ComponentUsage[]): PrimaryWatch {
  const servers = components.filter(({ role }) => role.startsWith(ROLE));
  const reigns = servers.flatMap(reignsOf);
  const writing = reigns.filter(({ rows }) => rows > 0);
  return {
    servers: servers.map(({ name }) => name),
    watched: reigns.length,
    conflicts: writing.flatMap((one, at) =>
      writing.slice(at + 1).flatMap((other) => (overlap(one, other) ? [[one, other] as const] : [])),
    ),
  };
}

type Sample = NonNullable<ComponentUsage['samples']>[number];

function isPrimary({ figures }: Sample): boolean {
  return figures !== null && Object.hasOwn(figures, OF_PRIMARY);
}

function reignsOf({ name, samples = [] }: ComponentUsage): Reign[] {
  return samples.flatMap((sample, at) => {
    const before = samples[at - 1];
    if (before === undefined || sample.t - before.t > MOST_APART_S) return [];
    if (!isPrimary(before) || !isPrimary(sample)) return [];
    const rows = (sample.figures?.[STORED] ?? 0) - (before.figures?.[STORED] ?? 0);
    return [{ name, from_s: before.t, to_s: sample.t, rows }];
  });
}

function overlap(one: Reign, other: Reign): boolean {
  return one.name !== other.name && one.from_s < other.to_s && other.from_s < one.to_s;
}
