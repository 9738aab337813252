import { resolve } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { formatDurationMs } from '../../base/duration.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { type Guard, startGuard } from '../../stack/guard.ts';
import { bringUp, type StackUp } from '../../stack/lifecycle/up.ts';
import type { StackRequest } from '../../stack/plan-stack.ts';
import { obstacleOf } from '../../stack/relays.ts';
import {
  type CacheMode,
  type Durability,
  entriesOf,
  LINK_KINDS,
  type PerAddress,
  portOf,
  readState,
  type StackState,
  servicesOfKind,
} from '../../stack/state.ts';
import { resolveShape, type StackShape } from '../../stack/topology.ts';
import { parseTuning, type Tuning } from '../../stack/tuning/tuning.ts';
import type { CommandHost } from '../host.ts';
import { exitCodeOf, type Interruption, watchInterruption } from '../interruption.ts';
import { defaultStackDir, npmHome, type PostgresFrom, programPath } from './stack-dir.ts';
import { startList } from './start-list.ts';

/** Options of `stack up`. */
export interface UpFlags {
  readonly dir?: string;
  readonly relays?: number;
  readonly replicas?: number;
  /** Edge relays of each region. */
  readonly edges?: number;
  readonly port?: number;
  readonly durability: Durability;
  /** `both` is another word for `l2`, which has the first layer before it. */
  readonly cache?: CacheMode | 'both';
  readonly postgres?: PostgresFrom;
  readonly perAddressConnections?: PerAddress;
  /** Whether a proxy stands in every link, so that faults can happen to them. */
  readonly faultable?: boolean;
  /** Whether a Prometheus keeps what the stack and runs tell. */
  readonly observe?: boolean;
  /** `KEY=VALUE` of each `--set`. */
  readonly set?: readonly string[];
  /** Whether the tables lack their covering indexes. */
  readonly withoutIndexes?: boolean;
}

/**
 * What the flags ask for.
 * @throws RelayBenchError `STACK_PROFILE_UNKNOWN`, `STACK_SHAPE_INVALID`, `STACK_SETTING_INVALID`
 */
export function stackRequest(profile: string, flags: UpFlags, host: CommandHost): StackRequest {
  const shape = resolveShape(profile, flags);
  if (flags.durability === 'sync' && shape.replicas === 0) {
    throw new RelayBenchError('durability sync needs a replica that confirms', {
      code: 'STACK_SHAPE_INVALID',
      hint: 'add --replicas 1, or use profile scaled',
    });
  }
  const cache = flags.cache === 'both' ? 'l2' : flags.cache;
  if (cache === 'l2' && shape.cacheNodes === 0) {
    throw new RelayBenchError(`profile ${profile} has no Redis Cluster for a second cache layer`, {
      code: 'STACK_SHAPE_INVALID',
      hint: 'use --cache l1, or profile scaled',
    });
  }
  return {
    profile,
    shape,
    dir: flags.dir ?? defaultStackDir(host.io.env),
    durability: flags.durability,
    cache: cache ?? (shape.cacheNodes > 0 ? 'l2' : 'l1'),
    port: flags.port,
    perAddress: flags.perAddressConnections,
    links: flags.faultable === true ? LINK_KINDS : [],
    observe: flags.observe,
    settings: requireMeaning(parseTuning(flags.set ?? []), shape),
    withoutIndexes: flags.withoutIndexes ?? false,
  };
}

/** @throws RelayBenchError `STACK_SETTING_INVALID` where the way from a region is set that the stack does not have */
function requireMeaning(settings: Tuning, { regions }: StackShape): Tuning {
  const idle = Object.keys(settings).find((key) => {
    const [, region] = /^region-(\d+)\./.exec(key) ?? [];
    return region !== undefined && Number(region) > regions;
  });
  if (idle === undefined) return settings;
  throw new RelayBenchError(`--set: ${idle} has no meaning, because this stack has no such region`, {
    code: 'STACK_SETTING_INVALID',
    hint: 'regions are those of profile edge',
  });
}

/** What bringing up a stack needs of the command that wants it. */
export interface UpHost {
  readonly host: CommandHost;
  /** Of the command: one command watches for signals once. */
  readonly interruption: Interruption;
}

/** A stack that is up. */
export interface GuardedStack extends StackUp {
  /** Takes the stack down where this process dies first; null where it ran before, or its data was there. */
  readonly guard: Guard | null;
}

/**
 * Brings a stack up for a command, with its progress on stderr. Where this process dies meanwhile (a second signal, a
 * crash), a guard takes down what was started.
 * @param postgres where its Postgres has to come from; the system's may also be that of npm where there is no other
 * @throws RelayBenchError `INTERRUPTED` after a signal, when everything that was started has been stopped
 */
export async function bringUpFor(
  { host, interruption }: UpHost,
  request: StackRequest,
  postgres: PostgresFrom = 'system',
): Promise<GuardedStack> {
  const { io } = host;
  const guard = readState(request.dir) === null ? await guardOf(request.dir) : null;
  try {
    const up = await bringUp(request, {
      path: programPath(io.env),
      wantsNpm: postgres === 'npm',
      npmHome: npmHome(io.env),
      signal: interruption.signal,
      onStep: startList(host),
    });
    return { ...up, guard };
  } catch (error) {
    await guard?.release();
    throw interrupted(interruption) ?? error;
  }
}

const BIN = fileURLToPath(new URL('../../../bin/relay-bench.js', import.meta.url));

function guardOf(dir: string): Promise<Guard> {
  return startGuard('exec "$@"', [execPath, BIN, 'stack', 'down', '--dir', resolve(dir)]);
}

function interrupted(interruption: Interruption): RelayBenchError | null {
  const signal = interruption.received();
  if (signal === null) return null;
  return new RelayBenchError(`interrupted by ${signal}: the stack was stopped and removed`, {
    code: 'INTERRUPTED',
    exitCode: exitCodeOf(signal),
  });
}

/** Servers never run as root; programs of this package do where nobody else may read them, and that is to be known. */
function warnOfRoot({ owner }: StackState, { io }: CommandHost): void {
  const obstacle = obstacleOf({ owner });
  if (obstacle === null) return;
  io.stderr.write(
    `warning: relays and the supervisor run as root, because user ${owner?.uid} may not read ${obstacle}; ` +
      'install this package where all users may read it, for example below /opt\n',
  );
}

/** Where the metrics of a stack are kept, and how those of a run get there. */
function observedLines(state: StackState): string[] {
  return servicesOfKind(state, 'prometheus').map(
    (service) =>
      `Prometheus: http://127.0.0.1:${portOf(service, 'http')}/, which scrapes a run with --metrics-listen ${portOf(service, 'run')}, too`,
  );
}

/** `stack up`. */
export async function runUp(profile: string, flags: UpFlags, host: CommandHost): Promise<void> {
  const { io } = host;
  const beganMs = performance.now();
  const request = stackRequest(profile, flags, host);
  const interruption = watchInterruption({
    io,
    onFirst: (signal) => io.stderr.write(`${signal}: stopping what was started\n`),
    // What is left then is taken down by the guard.
    onHardStop: async () => undefined,
  });
  try {
    const up = await bringUpFor({ host, interruption }, request, flags.postgres);
    const { state, isReattached, guard, was } = up;
    await guard?.release();
    warnOfRoot(state, host);
    const took = formatDurationMs(performance.now() - beganMs);
    const what = isReattached ? 'is up already' : `is up after ${took}`;
    const dir = flags.dir === undefined ? '' : ` --dir ${flags.dir}`;
    io.stdout.write(
      [
        `stack ${state.profile} ${what}: ${entriesOf(state).join(' ')}`,
        ...(was === null ? [] : [`its data was kept; before it was ${was}`]),
        ...observedLines(state),
        `its files: ${resolve(request.dir)}`,
        `take it down: relay-bench stack down${dir}\n`,
      ].join('\n'),
    );
  } finally {
    interruption.dispose();
  }
}
