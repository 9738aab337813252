import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RelayBenchError } from '../../base/errors.ts';
import { type Capacity, capacitySchema } from '../../capacity/schema.ts';
import { readRunRecord } from '../../record/read.ts';
import type { RunRecord } from '../../record/schema.ts';
import type { Outcome } from '../../suite/build.ts';
import { outcomeOfRun, outcomeOfSearch } from '../../suite/outcome.ts';
import type { Suite } from '../../suite/schema.ts';
import type { PlannedRun } from './plan-parts.ts';

/** The file of a part, below the directory of its suite. */
export function fileOf({ part }: Pick<PlannedRun, 'part'>, relay: string): string {
  return join(relay, part.id, part.kind === 'run' ? 'run.json' : 'capacity.json');
}

/**
 * What an earlier suite has measured in this directory, where it was the same part and is worth keeping; null where it has to be
 * measured (again).
 * @param restarted whether the relay was started again before that part
 */
export async function keptOutcome(
  directory: string,
  planned: PlannedRun,
  { relay, restarted }: { readonly relay: string; readonly restarted: boolean },
): Promise<Outcome | null> {
  const file = fileOf(planned, relay);
  const path = join(directory, file);
  const { part, scenario } = planned;
  if (part.kind === 'search') {
    const found = await readCapacity(path);
    if (found === null || found.ended === 'interrupted') return null;
    // Its levels have scenarios of their own: what they share is the name, and the mode of the suite.
    return found.scenario.name === scenario.name ? sound(outcomeOfSearch(part, found, file)) : null;
  }
  const record = await readRecord(path);
  if (record === null || record.partial || record.scenario.sha256 !== scenario.sha256) return null;
  return sound(outcomeOfRun(part, record, { file, restarted }));
}

/** What was invalid is measured again. */
function sound(outcome: Outcome): Outcome | null {
  return outcome.status === 'measured' ? outcome : null;
}

async function readRecord(path: string): Promise<RunRecord | null> {
  try {
    return await readRunRecord(path);
  } catch (error) {
    // Not there, or cut off: it is measured again.
    if (error instanceof RelayBenchError) return null;
    throw error;
  }
}

async function readCapacity(path: string): Promise<Capacity | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const found = capacitySchema.safeParse(parsed(text));
  return found.success ? found.data : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Makes sure that a suite goes on as it began.
 * @throws RelayBenchError `SUITE_DIFFERS` (exit 2) with what is another
 */
export function requireSameSuite(
  before: Suite,
  now: Pick<Suite, 'mode' | 'seed' | 'relays' | 'machine'>,
): void {
  const [one, other] = [identityOf(before), identityOf(now)];
  const at = one.findIndex(([, text], index) => text !== other[index]?.[1]);
  const [what, was] = one[at] ?? [];
  if (what === undefined) return;
  throw new RelayBenchError(`this suite began with another ${what}: ${was}, now ${other[at]?.[1]}`, {
    code: 'SUITE_DIFFERS',
    hint: 'write the same --relay, --quick and --seed as before, or begin a new suite in another directory',
  });
}

/** What must be the same in all parts of a suite, by its name. */
function identityOf({
  mode,
  seed,
  relays,
  machine,
}: Pick<Suite, 'mode' | 'seed' | 'relays' | 'machine'>): readonly (readonly [string, string])[] {
  return [
    ['mode', mode],
    ['seed', String(seed)],
    [
      'relays',
      relays.map(({ name, kind, command, url }) => `${name} (${command ?? url ?? kind})`).join(', '),
    ],
    ['machine', `${machine.cpus} × ${machine.cpuModel}`],
  ];
}
