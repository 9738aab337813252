import { watchDirectorySize } from '../../observe/directory-size.ts';
import { DiskMeter } from '../../observe/disk-written.ts';
import type { Figures } from '../../observe/figures/figures.ts';
import type { ProcessIdentity } from '../../observe/process-identity.ts';
import type { WatchedProcess } from '../../observe/sample-processes.ts';

/** A relay with all of its processes. */
export interface RelayToWatch {
  readonly name: string;
  readonly relay: { readonly pid: number; processes(): readonly ProcessIdentity[] };
  /** Where its data lies; null where that is not known. */
  readonly dir: string | null;
}

/** Who belongs to a relay is looked up at most so often: that takes a look at every process of the machine. */
const FAMILY_MS = 500;

/** A relay that a command has started, as its resources are sampled. */
export function watchedRelay({ name, relay, dir }: RelayToWatch): WatchedProcess {
  const familyNow = rememberedFor(FAMILY_MS, () => relay.processes().map(({ pid }) => pid));
  return {
    name,
    role: 'started relay',
    pid: relay.pid,
    familyNow,
    readFigures: diskFigures(familyNow, dir),
  };
}

/**
 * Reads what processes write to disk and what their data takes there; what can't be read is left out.
 * @param dir null where that is not known
 */
export function diskFigures(familyNow: () => readonly number[], dir: string | null): () => Promise<Figures> {
  const size = dir === null ? async () => null : watchDirectorySize(dir);
  const meter = new DiskMeter();
  return async () => {
    const written = meter.total(familyNow());
    const data = await size();
    return {
      ...(written === null ? {} : { bytesToDisk_total: written }),
      ...(data === null ? {} : { data_bytes: data }),
    };
  };
}

/** @returns gives the same again for so many milliseconds */
export function rememberedFor<T>(ms: number, look: () => T): () => T {
  let last: { readonly value: T; readonly untilMs: number } | null = null;
  return () => {
    const nowMs = performance.now();
    if (last === null || nowMs >= last.untilMs) last = { value: look(), untilMs: nowMs + ms };
    return last.value;
  };
}
