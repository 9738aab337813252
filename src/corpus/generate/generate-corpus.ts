import { isDeepStrictEqual } from 'node:util';
import { RelayBenchError } from '../../base/errors.ts';
import type { Chunk } from '../chunk.ts';
import { OUT_TAKEN, outTaken } from '../files/errors.ts';
import type { CorpusManifest, CorpusOrigin } from '../files/manifest.ts';
import { findManifest } from '../files/read-manifest.ts';
import { writeCorpus } from '../files/write-corpus.ts';
import { type CorpusSpec, GENERATOR_VERSION } from '../spec.ts';
import { runInThreads } from '../threads/ordered-threads.ts';
import { EventSource } from './event-source.ts';
import { chunkRequests, generateChunk } from './generate-chunk.ts';

export interface GenerateOptions {
  /** Directory of the corpus. */
  readonly dir: string;
  readonly gzip: boolean;
  /** Threads that make events; with 1 no thread is started. Decides nothing but the time it takes. */
  readonly threads: number;
  /** Whether the base time is now: recorded, because such a corpus can't be made a second time. */
  readonly fresh: boolean;
  /** Called now and then with the events written so far. */
  readonly onProgress?: (events: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A corpus that is there. */
export interface PresentCorpus {
  readonly manifest: CorpusManifest;
  /** Whether it was there before. */
  readonly wasThere: boolean;
}

/**
 * Makes the corpus of a specification, unless the directory holds that very corpus already. The ids, the signatures
 * and the file (apart from compression) are the same on every machine, version of Node.js and number of threads.
 * @throws RelayBenchError `CORPUS_OUT_TAKEN`, `CORPUS_NOT_WRITTEN`, `CORPUS_DAMAGED`; the signal's reason
 */
export async function generateCorpus(spec: CorpusSpec, options: GenerateOptions): Promise<PresentCorpus> {
  const { dir, gzip, fresh } = options;
  const origin: CorpusOrigin = {
    type: 'generated',
    generatorVersion: GENERATOR_VERSION,
    profile: spec.profile,
    seed: spec.seed,
    baseTime_s: spec.baseTime_s,
    ...(spec.span_s === undefined ? {} : { span_s: spec.span_s }),
    ...(spec.salt === undefined ? {} : { salt: spec.salt }),
    fresh,
  };
  const find = async (): Promise<PresentCorpus | null> => {
    const manifest = await findManifest(dir);
    if (manifest === null) return null;
    if (!isCorpusOf(manifest, origin, spec.events, gzip)) throw outTaken(dir, 'another corpus');
    return { manifest, wasThere: true };
  };
  const present = await find();
  if (present !== null) return present;
  try {
    const chunks = options.threads === 1 ? generateHere(spec) : generateInThreads(spec, options.threads);
    const manifest = await writeCorpus({ ...options, chunks, origin: () => origin });
    return { manifest, wasThere: false };
  } catch (error) {
    // Somebody else may have made the same corpus meanwhile, and was faster.
    const other = isTaken(error) ? await find() : null;
    if (other === null) throw error;
    return other;
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof RelayBenchError && error.code === OUT_TAKEN;
}

function isCorpusOf(manifest: CorpusManifest, origin: CorpusOrigin, events: number, gzip: boolean): boolean {
  const isSame = isDeepStrictEqual(manifest.source, origin) && manifest.events === events;
  return isSame && manifest.file.name.endsWith('.gz') === gzip;
}

async function* generateHere(spec: CorpusSpec): AsyncGenerator<Chunk> {
  const source = new EventSource(spec);
  for (const request of chunkRequests(spec.profile, spec.events)) yield generateChunk(source, request);
}

function generateInThreads(spec: CorpusSpec, threads: number): AsyncGenerator<Chunk> {
  return runInThreads({
    requests: chunkRequests(spec.profile, spec.events),
    threads,
    program: new URL('./generate-thread.js', import.meta.url),
    setup: spec,
  });
}
