import { resolve } from 'node:path';
import { stackTarget } from '../../fault/stack-target.ts';
import type { WatchedProcess } from '../../observe/sample-processes.ts';
import type { KnownRegion } from '../../record/regions.ts';
import { edgeAddresses } from '../../stack/edges.ts';
import { openFigures } from '../../stack/figures.ts';
import { takeDown } from '../../stack/lifecycle/down.ts';
import { killAll } from '../../stack/lifecycle/stop-all.ts';
import type { StackRequest } from '../../stack/plan-stack.ts';
import { primaryClaims } from '../../stack/primary-claims.ts';
import { findProcess } from '../../stack/processes.ts';
import { relayAddresses } from '../../stack/relays.ts';
import { readRoles } from '../../stack/roles.ts';
import { entriesOf, type LinkKind, readState, type StackState } from '../../stack/state.ts';
import { roleOf } from '../../stack/status.ts';
import { regionsOf, withBalancer } from '../../stack/topology.ts';
import { wanOf } from '../../stack/tuning/wan.ts';
import type { CommandHost } from '../host.ts';
import { standingStack } from '../stack/running-stack.ts';
import { defaultStackDir } from '../stack/stack-dir.ts';
import { bringUpFor, stackRequest, type UpHost } from '../stack/up.ts';
import { resolveTargets } from '../target.ts';
import type { OpenTarget } from './open-target.ts';

/** What `run` is told about the stack that it loads. */
export interface StackFlags {
  readonly stack?: string;
  readonly stackDir?: string;
  /** Leave a stack running that this run has started. */
  readonly stackKeep?: boolean;
  /** Relay processes that it must have; left out: whatever a running one has, else those of the profile. */
  readonly relays?: number;
  /** Links that a proxy has to stand in, so that faults can happen to them. */
  readonly links?: readonly LinkKind[];
}

/**
 * The stack of a profile as the target of a run: the one that runs already, or one that is brought up for it. The
 * latter is taken down at the end unless `--stack-keep` is given; data of it that was kept before stays.
 * @throws RelayBenchError (exit 3) where it can't be brought up
 */
export async function openStack(
  profile: string,
  { stackDir, stackKeep, relays, links = [] }: StackFlags,
  up: UpHost,
): Promise<OpenTarget> {
  const { host } = up;
  const dir = resolve(stackDir ?? defaultStackDir(host.io.env));
  // Data that was there before this run stays.
  const keep = readState(dir)?.phase === 'kept';
  const { state, isReattached, guard } = await bringUpFor(up, {
    ...requestFor(profile, { dir, relays }, host),
    links,
  });
  const isOurs = !isReattached && stackKeep !== true;
  if (!isOurs) await guard?.release();
  const readers = state.services.map((service) => openFigures(service));
  const roles = readRoles(state);
  const processes = state.services.map((service, index): WatchedProcess => {
    const reader = readers[index];
    return {
      name: service.name,
      role: roleOf(service, roles),
      pid: findProcess(service)?.pid ?? 0,
      pidNow: () => findProcess(service)?.pid ?? null,
      withChildren: service.kind === 'postgres',
      readFigures: () => reader?.read() ?? Promise.resolve({}),
    };
  });
  return {
    kind: 'stack',
    relays: await resolveTargets(entriesOf(state)),
    processes,
    relayAddresses: relayAddresses(state),
    edges: edgeAddresses(state),
    regions: regionsIn(state),
    askPrimaries: () => primaryClaims(state),
    faultTarget: stackTarget(state),
    close: async (how) => {
      await Promise.all(readers.map((reader) => reader.close()));
      if (!isOurs) return;
      // The guard stays after a hard stop, and does what this process had no time for.
      if (how === 'hard' && !keep) return killAll(state);
      await takeDown(dir, { keep });
      await guard?.release();
    },
  };
}

function regionsIn({ shape, settings }: StackState): KnownRegion[] {
  return regionsOf(shape).map(({ region, balancer, edges }) => {
    return { name: balancer, rtt_ms: wanOf(settings, region).rttMs, edges };
  });
}

/** A stack of this profile that is up, or whose data was kept, is taken as it is, whatever its numbers, unless one of them is asked for. */
function requestFor(
  profile: string,
  { dir, relays }: { readonly dir: string; readonly relays: number | undefined },
  host: CommandHost,
): StackRequest {
  const wanted = stackRequest(
    profile,
    { dir, durability: 'async', ...(relays === undefined ? {} : { relays }) },
    host,
  );
  const known = standingStack(profile, dir, host.io.env);
  if (known === null || (known.phase === 'up' && relays !== undefined)) return wanted;
  const { durability, cache, perAddress, settings, withoutIndexes } = known;
  const shape = withBalancer({ ...known.shape, relays: relays ?? known.shape.relays });
  return { profile, dir, shape, durability, cache, perAddress, settings, withoutIndexes };
}
