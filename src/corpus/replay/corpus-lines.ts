import { join } from 'node:path';
import { damaged } from '../files/errors.ts';
import { eachLine, type LineBlock, lineBlocks } from '../files/line-blocks.ts';
import { decompressed, readPieces } from '../files/open-input.ts';
import { corpusDir } from '../files/read-manifest.ts';
import { isEventLine } from './event-line.ts';

/** The file of events of a corpus. */
export interface CorpusFile {
  /** The directory. */
  readonly dir: string;
  readonly name: string;
}

/** The file of a corpus that was opened. */
export function corpusFile(path: string, { file }: { readonly file: { readonly name: string } }): CorpusFile {
  return { dir: corpusDir(path), name: file.name };
}

/** Some hundred neighbouring lines of a corpus. */
export interface LinesOfCorpus {
  /** Number of the first event, from 0. */
  readonly first: number;
  /** Events as JSON, without line feeds. */
  readonly lines: readonly Buffer[];
  readonly bytes: number;
}

/**
 * The lines of a corpus in the order of the file, some hundred at a time, not parsed.
 * @throws RelayBenchError `CORPUS_DAMAGED`, `CORPUS_INPUT_UNREADABLE`
 */
export async function* corpusLines({ dir, name }: CorpusFile): AsyncGenerator<LinesOfCorpus> {
  const path = join(dir, name);
  for await (const block of lineBlocks(decompressed(readPieces(path), path))) {
    if ('overlongLine' in block) throw damaged(dir, `line ${block.overlongLine} of ${name} is too long`);
    yield { first: block.firstLine - 1, lines: linesOf(dir, block), bytes: block.text.length };
  }
}

function linesOf(dir: string, block: LineBlock): readonly Buffer[] {
  const lines: Buffer[] = [];
  eachLine(block, (line, number) => {
    if (!isEventLine(line)) throw damaged(dir, `line ${number} is not an event as this program writes it`);
    lines.push(line);
  });
  return lines;
}
