import { type CorpusFile, corpusLines } from './corpus-lines.ts';
import { createdAtOf } from './event-line.ts';

export interface RecordedTimesOptions {
  /** The first event that is published, from 0. */
  readonly first: number;
  /** How many times faster than recorded. */
  readonly factor: number;
  /** Events later than this are left out. */
  readonly untilNs: number;
}

const NS_PER_S = 1e9;

/**
 * When the events of a corpus are due at their recorded pace: as far after the first of them as their `created_at` says,
 * divided by the factor. The order of the file holds: an event that claims to be older than the one before it (a gift
 * wrap that was dated back, for example) comes together with that one.
 * @returns nanoseconds after the start, ascending
 * @throws RelayBenchError `CORPUS_DAMAGED`, `CORPUS_INPUT_UNREADABLE`
 */
export async function recordedTimesNs(
  file: CorpusFile,
  { first, factor, untilNs }: RecordedTimesOptions,
): Promise<Float64Array> {
  const times: number[] = [];
  let start_s = Number.NaN;
  let newest_s = Number.NEGATIVE_INFINITY;
  for await (const block of corpusLines(file)) {
    for (const line of block.lines.slice(Math.max(0, first - block.first))) {
      newest_s = Math.max(newest_s, createdAtOf(line));
      if (Number.isNaN(start_s)) start_s = newest_s;
      const offsetNs = ((newest_s - start_s) * NS_PER_S) / factor;
      if (offsetNs >= untilNs) return Float64Array.from(times);
      times.push(offsetNs);
    }
  }
  return Float64Array.from(times);
}
