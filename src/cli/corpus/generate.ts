import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { requireOwnDirectory, requireWritable } from '../../base/directory.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { cachedCorpusDir, corpusCacheDir } from '../../corpus/files/cache-dir.ts';
import { findManifest } from '../../corpus/files/read-manifest.ts';
import { generateCorpus } from '../../corpus/generate/generate-corpus.ts';
import { type CorpusSpec, DEFAULT_BASE_TIME_S, type ProfileName } from '../../corpus/spec.ts';
import type { CommandHost } from '../host.ts';
import { runInterruptibly } from './interruptible.ts';
import { printManifest } from './render-manifest.ts';

/** Options of `corpus generate`. */
export interface GenerateFlags {
  readonly profile: ProfileName;
  readonly events: number;
  readonly seed: number;
  readonly out?: string;
  readonly cache?: string;
  readonly gzip: boolean;
  readonly workers: number;
  readonly fresh: boolean;
}

/** `corpus generate`: make a corpus, unless it is there. */
export async function runGenerate(flags: GenerateFlags, host: CommandHost): Promise<void> {
  const { profile, events, seed, gzip, workers: threads, fresh } = flags;
  const baseTime_s = fresh ? Math.floor(Date.now() / 1_000) : DEFAULT_BASE_TIME_S;
  const spec = { profile, seed, events, baseTime_s };
  const dir = dirOf(spec, flags, host);
  const what = flags.out === undefined ? '--cache' : '--out';
  requireOwnDirectory(dir, what);
  // Where a corpus is put by its name, others must not have put another one before.
  if (flags.out === undefined) requireOwnDirectory(dirname(dir), what);
  const isThere = (await findManifest(dir)) !== null;
  if (!isThere) await requireWritable(dirname(dir), what);
  const corpus = await runInterruptibly(host, {
    what: `generating ${profile}`,
    total: events,
    run: (progress, signal) =>
      generateCorpus(spec, {
        ...{ dir, gzip, threads, fresh, signal },
        onProgress: (done) => progress.update(done, done),
      }),
  });
  if (corpus === null) return;
  if (corpus.wasThere) host.io.stderr.write('the corpus is there already\n');
  printManifest(corpus.manifest, dir, host);
}

function dirOf(spec: CorpusSpec, { out, cache, gzip, fresh }: GenerateFlags, { io }: CommandHost): string {
  if (out !== undefined) return out;
  if (fresh) {
    throw new RelayBenchError('--fresh needs --out DIR', {
      code: 'CORPUS_OUT_MISSING',
      hint: 'a corpus that is dated by the clock is never needed again, so it does not belong in the cache',
    });
  }
  return cachedCorpusDir(cache ?? corpusCacheDir(io.env, homedir()), spec, gzip);
}
