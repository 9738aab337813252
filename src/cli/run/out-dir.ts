import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HISTORY_FILE } from '../../audit/history-file.ts';
import { makeDirectory, removeMade, requireOwnDirectory, writeTo } from '../../base/directory.ts';
import { messageOf, RelayBenchError } from '../../base/errors.ts';
import { formatFiles } from '../../report/formats.ts';

/** The directory that a run's files go to. */
export interface OutDir {
  readonly path: string;
  /** Removes what was made for it, where nothing was written to it. */
  removeIfEmpty(): Promise<void>;
}

/** Everything that runs and contests write beside their records, whatever formats this one is asked for. */
const WRITTEN: ReadonlySet<string> = new Set([...formatFiles(), 'run.json.broken', HISTORY_FILE]);
/** What a relay that a command has started wrote. */
const LOG_OF_RELAY = /^relay-.+\.log$/;
/** The records of a search for the capacity. */
const STEPS = 'steps';
/** A record of a contest: `01-base.json`, `confirm-03-candidate.json`. */
const RECORD_OF_CONTEST = /^(confirm-)?\d\d+-.+\.json(\.broken)?$/;

/**
 * Makes the directory before the run, so that a path that can't be written fails in the first second and not
 * after the last one. What an earlier run has left there is removed: whoever reads the files afterwards must not take
 * them for those of a run that failed before it wrote its own. Files of other names stay.
 * @throws RelayBenchError `OUT_NOT_WRITABLE`, `DIRECTORY_NOT_TRUSTED`
 */
export async function makeOutDir(path: string): Promise<OutDir> {
  try {
    const firstMade = await makeDirectory(path);
    requireOwnDirectory(path, '--out');
    await writeTo(path);
    const entries = await readdir(path, { withFileTypes: true });
    const old = entries.filter(
      ({ name }) => WRITTEN.has(name) || RECORD_OF_CONTEST.test(name) || LOG_OF_RELAY.test(name),
    );
    for (const { name } of old) await rm(join(path, name));
    await removeSteps(join(path, STEPS));
    const searches = entries.filter((entry) => entry.isDirectory() && SEARCH.test(entry.name));
    for (const { name } of searches) await removeSearch(join(path, name));
    return { path, removeIfEmpty: () => removeMade(path, firstMade) };
  } catch (cause) {
    if (cause instanceof RelayBenchError) throw cause;
    throw new RelayBenchError(`reports can't be written to ${path}: ${messageOf(cause)}`, {
      code: 'OUT_NOT_WRITABLE',
      hint: 'name a writable directory with --out',
      cause,
    });
  }
}

/** A step of a search: `04-375-100`. */
const STEP = /^\d\d+-[\d.e+-]+-\d+$/;

/** A search of those over numbers of relays. */
const SEARCH = /^relays-\d+$/;

/** Removes the reports and records of such a search, and its directory where nothing else lies in it. */
async function removeSearch(path: string): Promise<void> {
  for (const name of (await namesIn(path)).filter((one) => WRITTEN.has(one))) await rm(join(path, name));
  const steps = join(path, STEPS);
  await removeSteps(steps);
  for (const directory of [resolve(steps), resolve(path)]) await removeMade(directory, directory);
}

/** Removes the records of a search and nothing else. */
async function removeSteps(path: string): Promise<void> {
  const steps = await namesIn(path);
  for (const step of steps.filter((name) => STEP.test(name))) {
    await rm(join(path, step, 'run.json'), { force: true });
    const directory = resolve(path, step);
    await removeMade(directory, directory);
  }
}

/** Empty where there is no such directory. */
async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
