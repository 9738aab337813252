import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireOwnDirectory, requireWritable } from '../../base/directory.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT, type ExitCode } from '../../base/exit-codes.ts';
import { cachedCorpusDir, corpusCacheDir } from '../../corpus/files/cache-dir.ts';
import type { CorpusManifest } from '../../corpus/files/manifest.ts';
import { findManifest } from '../../corpus/files/read-manifest.ts';
import { generateCorpus } from '../../corpus/generate/generate-corpus.ts';
import { type CorpusSpec, DEFAULT_BASE_TIME_S } from '../../corpus/spec.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { runInterruptibly } from '../corpus/interruptible.ts';
import type { CommandHost } from '../host.ts';

/** A generated corpus and where it is; the manifest is null where it is not there. */
export interface FoundCorpus {
  readonly spec: CorpusSpec;
  readonly dir: string;
  readonly manifest: CorpusManifest | null;
}

/** Where generated corpora come from. */
export interface Corpora {
  provide(corpus: Scenario['corpus']): Promise<FoundCorpus>;
}

/** Threads that generate; with more, what is left is writing. */
const MOST_THREADS = 4;

/** Corpora that are in the cache; others are described and not made. */
export function corporaInCache(
  env: Readonly<Record<string, string | undefined>>,
  cache: string = corpusCacheDir(env, homedir()),
): Corpora {
  return {
    provide: async (corpus) => {
      const spec = specOf(corpus);
      const dir = cachedCorpusDir(cache, spec, false);
      for (const each of [cache, dir]) requireOwnDirectory(each, '--cache');
      return { spec, dir, manifest: corpus.fresh ? null : await findManifest(dir) };
    },
  };
}

/** The same, and those that are missing are generated, with a display of the progress. */
export function corporaOf(host: CommandHost, cache?: string): Corpora {
  const inCache = corporaInCache(host.io.env, cache);
  return {
    provide: async (corpus) => {
      const found = await inCache.provide(corpus);
      if (found.manifest !== null) return found;
      const dir = corpus.fresh ? await temporaryDir(host) : found.dir;
      await requireWritable(dirname(dir), '--cache');
      return { ...found, dir, manifest: await generate(host, { ...found, dir }, corpus.fresh) };
    },
  };
}

function specOf({ profile, seed = 1, events, fresh }: Scenario['corpus']): CorpusSpec {
  if (profile === undefined) throw new Error('the scenario has no generated corpus');
  return { profile, seed, events, baseTime_s: fresh ? Math.floor(Date.now() / 1_000) : DEFAULT_BASE_TIME_S };
}

/** A corpus that is dated by the clock is never made again: it is gone with the process. */
async function temporaryDir({ io }: CommandHost): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'relay-bench-corpus-'));
  io.onExit(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'corpus');
}

async function generate(
  host: CommandHost,
  { spec, dir }: Omit<FoundCorpus, 'manifest'>,
  fresh: boolean,
): Promise<CorpusManifest> {
  host.io.stderr.write(`generating ${spec.events} events of profile ${spec.profile} in ${dir}\n`);
  let exitCode: ExitCode = EXIT.interrupted;
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  const corpus = await runInterruptibly(
    { io: host.io, colourFlag: () => host.colourFlag(), finish },
    {
      what: `generating ${spec.profile}`,
      total: spec.events,
      run: (progress, signal) =>
        generateCorpus(spec, {
          ...{ dir, gzip: false, fresh, signal },
          threads: Math.min(MOST_THREADS, availableParallelism()),
          onProgress: (done) => progress.update(done, done),
        }),
    },
  );
  if (corpus !== null) return corpus.manifest;
  throw new RelayBenchError('interrupted while the corpus was generated', {
    code: 'INTERRUPTED',
    exitCode,
  });
}
