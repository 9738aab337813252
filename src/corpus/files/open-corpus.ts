import { join } from 'node:path';
import { checkEventShape, type NostrEvent } from '../../nostr/event.ts';
import { parseJson } from '../../nostr/json.ts';
import { damaged } from './errors.ts';
import { eachLine, type LineBlock, lineBlocks } from './line-blocks.ts';
import type { CorpusManifest } from './manifest.ts';
import { decompressed, readPieces } from './open-input.ts';
import { corpusDir, readManifest } from './read-manifest.ts';

/** An event of a corpus and its text. */
export interface CorpusEvent {
  readonly event: NostrEvent;
  /** The event as JSON, as it stands in the file. */
  readonly json: string;
}

/** A corpus on disk. */
export interface Corpus {
  readonly dir: string;
  readonly manifest: CorpusManifest;
  /**
   * The events in the order of the file, read while they are iterated; each call reads from the beginning. Memory is
   * bounded. Ids and signatures are not checked again.
   * @throws RelayBenchError `CORPUS_DAMAGED`, `CORPUS_INPUT_UNREADABLE` during the iteration
   */
  events(): AsyncGenerator<CorpusEvent>;
  /** The same events, some hundred at a time: for readers for whom an await an event is too slow. */
  batches(): AsyncGenerator<readonly CorpusEvent[]>;
}

/**
 * Opens a corpus that was generated or imported.
 * @param path its directory, or its manifest, or its file of events
 * @throws RelayBenchError `CORPUS_NOT_FOUND`, `CORPUS_DAMAGED`
 */
export async function openCorpus(path: string): Promise<Corpus> {
  const manifest = await readManifest(path);
  const dir = corpusDir(path);
  const batches = (): AsyncGenerator<readonly CorpusEvent[]> => readBatches(dir, manifest.file.name);
  return {
    dir,
    manifest,
    batches,
    events: async function* () {
      for await (const batch of batches()) yield* batch;
    },
  };
}

async function* readBatches(dir: string, name: string): AsyncGenerator<readonly CorpusEvent[]> {
  const path = join(dir, name);
  for await (const block of lineBlocks(decompressed(readPieces(path), path))) {
    if ('overlongLine' in block) throw damaged(dir, `line ${block.overlongLine} of ${name} is too long`);
    yield parseBlock(dir, block);
  }
}

function parseBlock(dir: string, block: LineBlock): CorpusEvent[] {
  const events: CorpusEvent[] = [];
  eachLine(block, (bytes, line) => {
    const json = bytes.toString();
    const { event, problem } = checkEventShape(parseJson(json));
    if (event === undefined) throw damaged(dir, `line ${line}: ${problem}`);
    events.push({ event, json });
  });
  return events;
}
