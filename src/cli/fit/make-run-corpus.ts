import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateCorpus } from '../../corpus/generate/generate-corpus.ts';
import { corpusFile } from '../../corpus/replay/corpus-lines.ts';
import type { CorpusSalt } from '../../corpus/spec.ts';
import type { CorpusTimes, NamedCorpus } from '../../plan/parts.ts';

export interface RunCorpusRequest {
  /** Where the events are moved to; null where they stay. */
  readonly times: CorpusTimes | null;
  /** Makes the events that are published new; null where none are. */
  readonly salt: CorpusSalt | null;
  readonly signal: AbortSignal;
}

export interface RunCorpus {
  readonly named: NamedCorpus;
  /** Removes what was made. */
  release(): Promise<void>;
}

/** Events below which starting threads takes longer than they save. */
const WORTH_THREADS = 20_000;
/** Threads that generate; with more, what is left is writing. */
const MOST_THREADS = 4;

/**
 * The corpus of one run: the same people and texts, signed again for the times that the relay takes and, from the first
 * published event on, with the salt of the run. An imported corpus and one that needs no change stay as they are.
 * @throws RelayBenchError `CORPUS_NOT_WRITTEN`, the signal's reason
 */
export async function makeRunCorpus(
  named: NamedCorpus,
  { times, salt, signal }: RunCorpusRequest,
): Promise<RunCorpus> {
  const { generated } = named;
  if (generated === null || (times === null && salt === null))
    return { named, release: async () => undefined };
  const spec = {
    ...generated,
    ...(times === null ? {} : { baseTime_s: times.end_s, span_s: times.span_s }),
    ...(salt === null ? {} : { salt }),
  };
  const parent = await mkdtemp(join(tmpdir(), 'relay-bench-run-'));
  const release = (): Promise<void> => rm(parent, { recursive: true, force: true });
  const dir = join(parent, 'corpus');
  const threads = spec.events < WORTH_THREADS ? 1 : Math.min(MOST_THREADS, availableParallelism());
  try {
    const { manifest } = await generateCorpus(spec, {
      dir,
      gzip: false,
      fresh: named.fresh,
      threads,
      signal,
    });
    const file = corpusFile(dir, manifest);
    return {
      named: {
        ...named,
        ...{ generated: spec, file, maxEventBytes: manifest.eventBytes.max },
        signedFingerprint: manifest.fingerprint,
      },
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}
