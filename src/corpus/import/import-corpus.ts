import { RelayBenchError } from '../../base/errors.ts';
import type { CorpusManifest } from '../files/manifest.ts';
import { writeCorpus } from '../files/write-corpus.ts';
import type { Problem } from './check-lines.ts';
import { CheckedChunks } from './checked-chunks.ts';

export interface ImportOptions {
  /** Directory to make. */
  readonly dir: string;
  readonly gzip: boolean;
  /** Threads that check ids and signatures; with 1 no thread is started. */
  readonly workers: number;
  /** Called now and then with the events written so far. */
  readonly onProgress?: (events: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a corpus of real events: JSON, one event a line, as `strfry export` writes it. What is not an event, or whose
 * id or signature is wrong, or that was there before, is left out and counted. The order stays as it is.
 * @param pieces the bytes, decompressed
 * @throws RelayBenchError `CORPUS_INPUT_EMPTY`, `CORPUS_OUT_TAKEN`, `CORPUS_NOT_WRITTEN`; whatever `pieces` throws; the signal's reason
 */
export async function importCorpus(
  pieces: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<CorpusManifest> {
  const checked = new CheckedChunks(pieces, options.workers);
  return writeCorpus({
    ...options,
    chunks: checked.chunks(),
    origin: () => {
      const { lines, dropped, problems } = checked.drops();
      const accepted = lines - Object.values(dropped).reduce((sum, count) => sum + count, 0);
      if (accepted === 0) throw nothingImported(lines, problems[0]);
      return { type: 'imported', lines, dropped: { ...dropped }, problems: [...problems] };
    },
  });
}

function nothingImported(lines: number, first: Problem | undefined): RelayBenchError {
  const why = first === undefined ? '' : `, for example line ${first.line}: ${first.reason}: ${first.detail}`;
  return new RelayBenchError(`none of ${lines} lines is an event${why}`, {
    code: 'CORPUS_INPUT_EMPTY',
    hint: 'name a file of events, one JSON object a line, gzip or not',
  });
}
