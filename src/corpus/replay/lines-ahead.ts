import { damaged } from '../files/errors.ts';
import { type CorpusFile, corpusLines, type LinesOfCorpus } from './corpus-lines.ts';

export interface LinesAheadOptions {
  readonly file: CorpusFile;
  /** Number of the first event that will be asked for. */
  readonly from: number;
  /** Events of the file. */
  readonly events: number;
  /** Lines have come while {@link LinesAhead.has} said that they had not. */
  readonly onReady: () => void;
  /** The file can't be read any further. */
  readonly onFailure: (error: unknown) => void;
}

/** Read ahead: at 20,000 events of 1 kB a second the lines of a tenth of a second. */
const AHEAD_BYTES = 2 * 1024 * 1024;

/**
 * The lines of a corpus by their number, read ahead of their use and let go behind it: memory does not grow with the
 * file. Reading goes on in the background; nothing here waits.
 */
export class LinesAhead {
  readonly #options: LinesAheadOptions;
  readonly #blocks: LinesOfCorpus[] = [];
  #bytes = 0;
  #low: number;
  #wasMissed = false;
  #isClosed = false;
  #onRoom: () => void = () => undefined;

  constructor(options: LinesAheadOptions) {
    this.#options = options;
    this.#low = options.from;
    this.#read().catch(options.onFailure);
  }

  /** Whether the line of an event is at hand; if not, `onReady` tells when to ask again. */
  has(event: number): boolean {
    if (this.#find(event) !== undefined) return true;
    this.#wasMissed = true;
    return false;
  }

  /** The line of an event that is at hand. @throws RangeError where it is not */
  at(event: number): Buffer {
    const block = this.#find(event);
    const line = block?.lines[event - block.first];
    if (line === undefined) throw new RangeError(`the line of event ${event} is not at hand`);
    return line;
  }

  /** No event below this one will be asked for again. */
  release(below: number): void {
    this.#low = Math.max(this.#low, below);
    let first = this.#blocks[0];
    while (first !== undefined && first.first + first.lines.length <= this.#low) {
      this.#blocks.shift();
      this.#bytes -= first.bytes;
      first = this.#blocks[0];
    }
    if (this.#bytes < AHEAD_BYTES) this.#onRoom();
  }

  /** Stop reading. */
  close(): void {
    this.#isClosed = true;
    this.#onRoom();
  }

  #find(event: number): LinesOfCorpus | undefined {
    return this.#blocks.find(({ first, lines }) => event >= first && event < first + lines.length);
  }

  async #read(): Promise<void> {
    const { file, events, onReady } = this.#options;
    let end = 0;
    for await (const block of corpusLines(file)) {
      if (this.#isClosed || block.first >= events) return;
      end = block.first + block.lines.length;
      if (block.first + block.lines.length <= this.#low) continue;
      this.#blocks.push(block);
      this.#bytes += block.bytes;
      if (this.#wasMissed) {
        this.#wasMissed = false;
        onReady();
      }
      if (this.#bytes >= AHEAD_BYTES) await this.#room();
    }
    // Whoever waits for the others would wait for ever.
    if (end < events) throw damaged(file.dir, `${file.name} ends after ${end} of ${events} events`);
  }

  async #room(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onRoom = resolve;
    });
    this.#onRoom = () => undefined;
  }
}
