import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireOwnDirectory, requireWritable } from '../../base/directory.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { cachedCorpusDir } from '../../corpus/files/cache-dir.ts';
import { generateCorpus } from '../../corpus/generate/generate-corpus.ts';
import { corpusFile } from '../../corpus/replay/corpus-lines.ts';
import type { MadeCorpus } from '../../distributed/shard-run.ts';
import type { GeneratedCorpus, NamedCorpus } from '../../plan/parts.ts';

/** Events of the largest corpus that an agent makes unless told otherwise: about 700 MB of profile `social`. */
export const MOST_CORPUS_EVENTS = 1_000_000;

/** Events below which starting threads takes longer than they save. */
const WORTH_THREADS = 20_000;
/** One is not enough: signs of life would wait for it. */
const THREADS = { least: 2, most: 4 };

export interface JobCorpusOptions {
  /** Where generated corpora are kept. */
  readonly cache: string;
  readonly signal: AbortSignal;
  readonly onProgress: (events: number) => void;
}

/**
 * Refuses a corpus that is too large for this machine, before anything is made.
 * @throws RelayBenchError `CORPUS_TOO_LARGE`
 */
export function requireSmallCorpus({ generated }: Pick<NamedCorpus, 'generated'>, mostEvents: number): void {
  const { events } = given(generated);
  if (events <= mostEvents) return;
  throw refused(`its corpus has ${events} events, and it makes none of more than ${mostEvents}`, {
    code: 'CORPUS_TOO_LARGE',
    hint: `start the agent with --max-corpus ${events}, where it has the room`,
  });
}

/**
 * Makes the corpus of a job as the machine that leads the run has made it, and holds it against its fingerprint. One that
 * every run has is looked for in the cache, and kept there; one that was signed for this run alone goes with it, as does
 * every one where there is no cache to write to.
 * @throws RelayBenchError `CORPUS_DIFFERS`; what generating throws; the signal's reason
 */
export async function makeJobCorpus(named: NamedCorpus, options: JobCorpusOptions): Promise<MadeCorpus> {
  const spec = given(named.generated);
  const isOfOneRun = named.fresh || spec.salt !== undefined || spec.span_s !== undefined;
  const kept = isOfOneRun ? null : await keptDir(spec, options.cache);
  const parent = kept === null ? await mkdtemp(join(tmpdir(), 'relay-bench-agent-')) : null;
  const release = async (): Promise<void> => {
    if (parent !== null) await rm(parent, { recursive: true, force: true });
  };
  try {
    const dir = kept ?? join(parent ?? '', 'corpus');
    const { manifest } = await generateCorpus(spec, {
      ...{ dir, gzip: false, fresh: named.fresh, threads: threadsFor(spec) },
      ...{ onProgress: options.onProgress, signal: options.signal },
    });
    requireSame(manifest.fingerprint, named, dir);
    return { file: corpusFile(dir, manifest), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Null where the cache may not be used: a service often has no home, and others may write to that of somebody. */
async function keptDir(spec: GeneratedCorpus, cache: string): Promise<string | null> {
  const dir = cachedCorpusDir(cache, spec, false);
  try {
    for (const each of [cache, dir]) requireOwnDirectory(each, 'XDG_CACHE_HOME');
    await requireWritable(dirname(dir), 'XDG_CACHE_HOME');
    return dir;
  } catch (error) {
    if (!(error instanceof RelayBenchError)) throw error;
    return null;
  }
}

function threadsFor({ events }: GeneratedCorpus): number {
  if (events < WORTH_THREADS) return 1;
  return Math.max(THREADS.least, Math.min(THREADS.most, availableParallelism()));
}

function requireSame(
  fingerprint: string,
  named: Pick<NamedCorpus, 'fingerprint' | 'signedFingerprint'>,
  dir: string,
): void {
  const wanted = named.signedFingerprint ?? named.fingerprint;
  if (fingerprint === wanted) return;
  throw refused(`the fingerprint of its corpus is ${fingerprint}, that of the run is ${wanted}`, {
    code: 'CORPUS_DIFFERS',
    hint: `run the same build of relay-bench on every machine; remove ${dir} where somebody may have changed it`,
  });
}

/** Schemas of jobs let no other one through. */
function given(spec: NamedCorpus['generated']): GeneratedCorpus {
  if (spec === null) throw new Error('the corpus of a job was not generated');
  return spec;
}

function refused(
  message: string,
  details: { readonly code: string; readonly hint: string },
): RelayBenchError {
  return new RelayBenchError(message, { ...details, exitCode: EXIT.unreachable });
}
