import { setTimeout as sleep } from 'node:timers/promises';
import { own } from '../base/own.ts';
import type { Figures } from '../observe/figures/figures.ts';
import { growth } from '../observe/figures/figures.ts';
import { type ProcessSnapshot, readProcess } from '../observe/proc.ts';
import { type FigureReader, openFigures } from './figures.ts';
import { httpGet } from './http-get.ts';
import { findProcess } from './processes.ts';
import { type Failover, type Roles, readRoles } from './roles.ts';
import { problemOf } from './start-service.ts';
import { entriesOf, entryOf, portOf, type Service, type StackState, servicesOfKind } from './state.ts';
import type { Tuning } from './tuning/tuning.ts';

/** One process of a stack as it is now. */
export interface ServiceStatus {
  readonly name: string;
  readonly role: string;
  readonly pid: number | null;
  readonly ports: Readonly<Record<string, number>>;
  /** Null where it can serve, else what is wrong. */
  readonly problem: string | null;
  /** Cores in use over the last {@link INTERVAL_MS}; null where there is no process. */
  readonly cpu: number | null;
  readonly rss_bytes: number | null;
  /** How often the supervisor has started it again. */
  readonly restarts: number;
  /** As of now. */
  readonly figures: Figures;
  /** Growing figures a second over the last {@link INTERVAL_MS}. */
  readonly perSecond: Figures;
}

/** A stack as it is now. */
export interface StackStatus {
  readonly profile: string;
  readonly phase: StackState['phase'];
  readonly dir: string;
  readonly url: string;
  /** One for each region; `url` alone in a stack without regions. */
  readonly urls: readonly string[];
  readonly durability: string;
  readonly cache: string;
  /** What `--set` has changed. */
  readonly settings: Tuning;
  readonly withoutIndexes: boolean;
  readonly services: readonly ServiceStatus[];
  readonly failovers: readonly Failover[];
}

const INTERVAL_MS = 1_000;

/** One moment of one service. */
interface Moment {
  readonly atMs: number;
  readonly snapshot: ProcessSnapshot | null;
  readonly figures: Figures;
}

/** Looks at every process twice, a second apart. */
export async function readStatus(state: StackState): Promise<StackStatus> {
  const readers = state.services.map((service) => ({ service, reader: openFigures(service) }));
  const look = (): Promise<Moment[]> => Promise.all(readers.map((each) => momentOf(each)));
  const before = await look();
  await sleep(INTERVAL_MS);
  const after = await look();
  await Promise.all(readers.map(({ reader }) => reader.close().catch(() => undefined)));
  const restarts = await readRestarts(state);
  const roles = readRoles(state);
  const services = await Promise.all(
    state.services.map((service, index) =>
      statusOf(service, {
        before: before[index] as Moment,
        after: after[index] as Moment,
        restarts: own(restarts, service.name) ?? 0,
        roles,
      }),
    ),
  );
  const { profile, phase, dir, durability, cache, settings, withoutIndexes } = state;
  return {
    profile,
    phase,
    dir,
    url: entryOf(state),
    urls: entriesOf(state),
    durability,
    cache,
    settings,
    withoutIndexes,
    services,
    failovers: roles.failovers,
  };
}

async function momentOf({
  service,
  reader,
}: {
  readonly service: Service;
  readonly reader: FigureReader;
}): Promise<Moment> {
  const process = findProcess(service);
  const reading = process === null ? null : readProcess(process.pid);
  const figures = process === null ? {} : await reader.read().catch(() => ({}));
  return { atMs: performance.now(), snapshot: reading?.ok === true ? reading.snapshot : null, figures };
}

interface Observed {
  readonly before: Moment;
  readonly after: Moment;
  readonly restarts: number;
  readonly roles: Roles;
}

async function statusOf(
  service: Service,
  { before, after, restarts, roles }: Observed,
): Promise<ServiceStatus> {
  const seconds = (after.atMs - before.atMs) / 1_000;
  const grown = Object.entries(growth(before.figures, after.figures));
  const cpu_s =
    before.snapshot === null || after.snapshot === null ? null : after.snapshot.cpu_s - before.snapshot.cpu_s;
  return {
    name: service.name,
    role: roleOf(service, roles),
    pid: findProcess(service)?.pid ?? null,
    ports: service.ports,
    problem: await problemOf(service),
    cpu: cpu_s === null ? null : Math.max(0, cpu_s) / seconds,
    rss_bytes: after.snapshot?.rss_bytes ?? null,
    restarts,
    figures: after.figures,
    perSecond: Object.fromEntries(grown.map(([key, value]) => [key.replace(/_total$/, ''), value / seconds])),
  };
}

/** What a service is now: which Postgres is the primary may have changed. */
export function roleOf(service: Service, roles: Roles): string {
  if (service.kind !== 'postgres') return service.role;
  return service.name === roles.primary ? 'Postgres primary' : 'Postgres replica';
}

/** How often each service was started again; nothing where the supervisor does not answer. */
async function readRestarts(state: StackState): Promise<Readonly<Record<string, number>>> {
  const [supervisor] = servicesOfKind(state, 'supervisor');
  if (supervisor === undefined) return {};
  try {
    const { body } = await httpGet(portOf(supervisor, 'http'), '/status');
    return (JSON.parse(body) as { restarts: Record<string, number> }).restarts;
  } catch {
    // Its own row of the table says what is wrong with it.
    return {};
  }
}
