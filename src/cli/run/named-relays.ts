import { maskUrl } from '../../base/mask-url.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunRecord } from '../../record/schema.ts';

/** A relay that has a name on the command line. */
export interface NamedRelay {
  readonly name: string;
  readonly url: string;
  /** Null where it ran already. */
  readonly started: StartedRelay | null;
}

/** A relay that a command has started for this run. */
export interface StartedRelay {
  /** Without its secrets. */
  readonly command: string;
  /** From its last start until a WebSocket opened. */
  readonly readyMs: number;
  /** File in the directory of the run; null where none is kept. */
  readonly log: string | null;
  /** What its `{dir}` takes on disk now; null where it has none, or it can't be read. */
  dataBytes(): Promise<number | null>;
  /** How it has ended, such as `exit code 7`; null while it runs. */
  endedBy(): string | null;
  /** The end of its log. */
  said(): string;
}

/** A target as far as its relays have names. */
interface Named {
  readonly named?: readonly NamedRelay[];
}

type RecordedRelays = NonNullable<RunRecord['target']['relays']>;

/** More of a log is in its file. */
const MOST_SAID = 300;

/** What the record says of the relays that have a name; nothing where none has. */
export async function recordedRelays({ named = [] }: Named): Promise<{ relays?: RecordedRelays }> {
  if (named.length === 0) return {};
  const relays = named.map(async ({ name, url, started }) => ({
    name,
    url: maskUrl(url),
    command: started?.command ?? null,
    log: started?.log ?? null,
    readyMs: started === null ? null : Math.round(started.readyMs),
    dataBytes: (await started?.dataBytes()) ?? null,
  }));
  return { relays: await Promise.all(relays) };
}

/** What a reader must know of relays that have ended by themselves; of one that was killed on purpose nothing. */
export function endedRelays({ faults }: Pick<Plan, 'faults'>, { named = [] }: Named): readonly string[] {
  if (faults.length > 0) return [];
  return named.flatMap(({ name, started }) => {
    const end = started?.endedBy() ?? null;
    if (started === null || end === null) return [];
    const said = started
      .said()
      .slice(-MOST_SAID)
      .replaceAll(/\s*\n\s*/g, ' / ');
    const last = said === '' ? 'it had said nothing' : `the end of its log: ${said}`;
    return [`the relay ${name} ended with ${end} before the run was over; ${last}`];
  });
}

/** The files that keep what started relays write. */
export function logsOf({ named = [] }: Named): readonly string[] {
  return named.flatMap(({ started }) => started?.log ?? []);
}
