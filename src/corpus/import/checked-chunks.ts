import type { VerifierChoice } from '../../base/verifier-choice.ts';
import { openVerifier } from '../../nostr/verifier.ts';
import type { Chunk } from '../chunk.ts';
import { ID_STRIDE, selectEvents } from '../chunk.ts';
import { type LineBlock, lineBlocks, MAX_LINE_BYTES } from '../files/line-blocks.ts';
import { HexTable } from '../hex-table.ts';
import { runInThreads } from '../threads/ordered-threads.ts';
import { type CheckedLines, checkLines, type LineProblem, MAX_PROBLEMS } from './check-lines.ts';
import { DROP_REASONS, type DropReason } from './drop-reasons.ts';

/** What was left out of a stream of lines. */
export interface Drops {
  /** Lines read, blank ones not counted. */
  readonly lines: number;
  /** Every reason, with how many lines it cost. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** The first dropped lines besides duplicates. */
  readonly problems: readonly LineProblem[];
  /** Of the lines that were kept: WebSocket messages around an event. */
  readonly messages: number;
  /** Of the lines that were kept: those whose id is the hash of the text with control characters verbatim. */
  readonly verbatimIds: number;
}

/** How lines are checked. */
export interface CheckOptions {
  /** Threads that check; with 1 no thread is started. */
  readonly threads: number;
  /** What checks signatures. */
  readonly verifier: VerifierChoice;
}

/**
 * Checks lines in threads and hands on the events that are right, each once, in their order. Everything else is
 * counted. Memory: what is under way, and 40 to 80 bytes for each different event.
 */
export class CheckedChunks {
  readonly #pieces: AsyncIterable<Uint8Array>;
  readonly #options: CheckOptions;
  readonly #ids = new HexTable();
  readonly #dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >;
  readonly #problems: LineProblem[] = [];
  #lines = 0;
  #messages = 0;
  #verbatimIds = 0;

  constructor(pieces: AsyncIterable<Uint8Array>, { threads, verifier }: CheckOptions) {
    this.#pieces = pieces;
    this.#options = { threads, verifier };
  }

  /** The events; to be iterated once. */
  async *chunks(): AsyncGenerator<Chunk> {
    for await (const { chunk, lines, dropped, problems, messages, verbatimIds } of this.#checked()) {
      this.#lines += lines;
      this.#messages += messages;
      this.#verbatimIds += verbatimIds;
      for (const [reason, count] of Object.entries(dropped)) this.#dropped[reason as DropReason] += count;
      for (const problem of problems) this.#report(problem);
      yield this.#withoutDuplicates(chunk);
    }
  }

  /** What was left out so far. */
  drops(): Drops {
    // A line that is too long is reported before the lines that were read before it are checked.
    const problems = [...this.#problems].sort((a, b) => a.line - b.line);
    const [messages, verbatimIds] = [this.#messages, this.#verbatimIds];
    return { lines: this.#lines, dropped: { ...this.#dropped }, problems, messages, verbatimIds };
  }

  async *#checked(): AsyncGenerator<CheckedLines> {
    const blocks = this.#blocks();
    const { threads, verifier } = this.#options;
    if (threads === 1) {
      const { verifies } = openVerifier(verifier);
      for await (const block of blocks) yield checkLines(block, verifies);
      return;
    }
    const program = new URL('./check-thread.js', import.meta.url);
    yield* runInThreads<LineBlock, CheckedLines>({
      requests: blocks,
      threads,
      program,
      setup: verifier,
    });
  }

  async *#blocks(): AsyncGenerator<LineBlock> {
    for await (const block of lineBlocks(this.#pieces)) {
      if (!('overlongLine' in block)) {
        yield block;
        continue;
      }
      this.#lines++;
      this.#dropped['line-too-long']++;
      const detail = `longer than ${MAX_LINE_BYTES} bytes`;
      this.#report({ line: block.overlongLine, reason: 'line-too-long', detail });
    }
  }

  #report(problem: LineProblem): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
  }

  #withoutDuplicates(chunk: Chunk): Chunk {
    const keep = new Uint8Array(chunk.events);
    for (let at = 0; at < chunk.events; at++) {
      const isNew = this.#ids.add(chunk.ids, at * ID_STRIDE);
      keep[at] = isNew ? 1 : 0;
      if (!isNew) this.#dropped.duplicate++;
    }
    return selectEvents(chunk, keep);
  }
}
