import { RelayBenchError } from '../../base/errors.ts';
import type { CorpusManifest, InputForm } from '../files/manifest.ts';
import { writeCorpus } from '../files/write-corpus.ts';
import type { LineProblem } from './check-lines.ts';
import { CheckedChunks, type CheckOptions } from './checked-chunks.ts';
import type { DropReason } from './drop-reasons.ts';
import { asEventLines } from './input-form.ts';

export interface ImportOptions extends CheckOptions {
  /** Directory to make. */
  readonly dir: string;
  readonly gzip: boolean;
  /** Called now and then with the events written so far. */
  readonly onProgress?: (events: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a corpus of real events: JSON, one event a line, as `strfry export` writes it; or messages of a WebSocket, a line
 * each; or one JSON array. What is not an event, or whose
 * id or signature is wrong, or that was there before, is left out and counted. The order stays as it is.
 * @param pieces the bytes, decompressed
 * @throws RelayBenchError `CORPUS_INPUT_EMPTY`, `CORPUS_OUT_TAKEN`, `CORPUS_NOT_WRITTEN`; whatever `pieces` throws; the signal's reason
 */
export async function importCorpus(
  pieces: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<CorpusManifest> {
  const input = asEventLines(pieces);
  const checked = new CheckedChunks(input.pieces, options);
  return writeCorpus({
    ...options,
    chunks: checked.chunks(),
    origin: () => {
      const { lines, dropped, problems, messages, verbatimIds } = checked.drops();
      const accepted = lines - Object.values(dropped).reduce((sum, count) => sum + count, 0);
      if (accepted === 0) throw nothingImported(lines, problems[0]);
      const form = input.isArray() ? 'array' : formOf(messages, accepted + dropped.duplicate);
      return {
        ...{ type: 'imported', form, verbatimIds, lines },
        dropped: { ...dropped },
        problems: [...problems],
      };
    },
  });
}

function formOf(messages: number, right: number): InputForm {
  if (messages === 0) return 'lines';
  return messages === right ? 'messages' : 'mixed';
}

/** What to do about lines that were left out for this reason; undefined where nothing helps but another file. */
export function hintFor(reason: DropReason | undefined): string | undefined {
  return reason === 'escaped-again'
    ? "export the JSON as it is, for example with `psql -At -c 'SELECT …' > events.jsonl` instead of COPY or CSV"
    : undefined;
}

function nothingImported(lines: number, first: LineProblem | undefined): RelayBenchError {
  const why = first === undefined ? '' : `, for example line ${first.line}: ${first.reason}: ${first.detail}`;
  return new RelayBenchError(`none of ${lines} lines is an event${why}`, {
    code: 'CORPUS_INPUT_EMPTY',
    hint:
      hintFor(first?.reason) ?? 'name a file of events: a line each, WebSocket messages or one JSON array',
  });
}
