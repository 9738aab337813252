import { join } from 'node:path';
import { maskCommand } from '../../base/mask-command.ts';
import { relaysTarget } from '../../fault/relay-target.ts';
import { directorySize } from '../../observe/directory-size.ts';
import { type CommandRelay, startCommandRelay } from '../../stack/command-relay.ts';
import type { Opening } from '../load-session.ts';
import { probeWebSocket } from '../probe.ts';
import { resolveTargets } from '../target.ts';
import type { NamedRelay, StartedRelay } from './named-relays.ts';
import type { OpenTarget } from './open-target.ts';
import { type RelayFlag, relaysText } from './relay-flag.ts';
import { watchedRelay } from './watched-relay.ts';

/** One probe of a relay that is starting. */
const PROBE_MS = 1_000;

/** What of an {@link Opening} relays need. */
type RelaysOpening = Pick<Opening, 'signal' | 'directory' | 'say'>;

/**
 * The relays that the command line names, ready for a run; those that commands start begin with nothing stored.
 * @throws RelayBenchError `RELAY_COMMAND_FAILED`; what was started until then is stopped
 */
export async function openRelays(relays: readonly RelayFlag[], opening: RelaysOpening): Promise<OpenTarget> {
  const opened: Opened[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map(({ started }) => (started === null ? null : stop(started, opening))));
  };
  try {
    for (const flag of relays) opened.push(await openOne(flag, opening));
  } catch (error) {
    await close();
    throw error;
  }
  const all = opened.flatMap(({ started }) => started ?? []);
  return {
    kind: 'url',
    relays: await resolveTargets(opened.map(({ url }) => url)),
    processes: all.map((one) => watchedRelay(one)),
    named: opened.flatMap((one) => namedOf(one)),
    // A relay of somebody else is never broken, nor one beside it, whose number would then be in doubt.
    ...(all.length === opened.length ? { faultTarget: faultTargetOf(all) } : {}),
    close,
  };
}

interface Opened {
  /** Null where an address stands alone. */
  readonly name: string | null;
  readonly url: string;
  /** Null where it ran already. */
  readonly started: Started | null;
}

interface Started {
  readonly name: string;
  readonly command: string;
  readonly relay: CommandRelay;
  /** Where what it writes is kept, below the directory of the run; null where it is not. */
  readonly log: string | null;
  /** Where its data lies; null where the command has no `{dir}`. */
  readonly dir: string | null;
}

async function openOne({ name, url, command }: RelayFlag, opening: RelaysOpening): Promise<Opened> {
  if (url !== null || name === null || command === null) return { name, url: url ?? '', started: null };
  const { signal, directory } = opening;
  const opens = async (address: string): Promise<string | null> =>
    (await probeWebSocket(address, { timeoutMs: PROBE_MS }))?.problem ?? null;
  const log = directory === null ? null : `relay-${name}.log`;
  const path = directory === null || log === null ? null : join(directory, log);
  const relay = await startCommandRelay({ name, command, opens, signal, log: path });
  const dir = command.includes('{dir}') ? relay.dir : null;
  return { name, url: relay.url, started: { name, command, relay, log, dir } };
}

async function stop({ name, relay }: Started, { say }: RelaysOpening): Promise<void> {
  const problem = await relay.stop();
  if (problem !== null) say(`the log of the relay ${name} is not whole: ${problem}`);
}

function namedOf({ name, url, started }: Opened): readonly NamedRelay[] {
  return name === null ? [] : [{ name, url, started: started === null ? null : told(started) }];
}

function told({ command, relay, log, dir }: Started): StartedRelay {
  return {
    command: maskCommand(command),
    // Of the last start: a relay may be started again.
    get readyMs() {
      return relay.readyMs;
    },
    log,
    dataBytes: async () => (dir === null ? null : directorySize(dir)),
    endedBy: () => relay.endedBy(),
    said: () => relay.said(),
  };
}

function faultTargetOf(all: readonly Started[]): NonNullable<OpenTarget['faultTarget']> {
  const relays = all.map(({ relay }) => relay);
  return relaysTarget(relaysText(all.map(({ name }) => name)), relays);
}
