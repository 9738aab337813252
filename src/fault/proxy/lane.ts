import type { Socket } from 'node:net';
import { type Effective, isClear } from './conditions.ts';
import { ArrivalSchedule, pieceBytes } from './schedule.ts';

/** More than this waits nowhere: the sender is made to wait, as a full network does. */
const MOST_QUEUED_BYTES = 4 * 2 ** 20;
const RESUME_BYTES = MOST_QUEUED_BYTES / 4;

interface Piece {
  readonly bytes: Buffer;
  readonly dueMs: number;
}

/**
 * One direction of one connection: what comes from `source` goes to `sink` under the condition of its link, in order, and
 * never faster than the sink takes it. An end is passed on behind the last byte.
 */
export class Lane {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #condition: () => Effective;
  readonly #carried: (bytes: number) => void;
  readonly #schedule = new ArrivalSchedule();
  #queue: Piece[] = [];
  #queuedBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #isSinkFull = false;
  #end: 'open' | 'ended' | 'broken' | 'passed-on' = 'open';

  /**
   * @param condition of this direction, as it is now
   * @param carried told of bytes that have arrived
   */
  constructor(source: Socket, sink: Socket, condition: () => Effective, carried: (bytes: number) => void) {
    this.#source = source;
    this.#sink = sink;
    this.#condition = condition;
    this.#carried = carried;
    source.on('data', (chunk: Buffer) => this.#take(chunk));
    source.on('end', () => this.#sourceEnded('ended'));
    source.on('close', () => this.#sourceEnded('broken'));
    sink.on('drain', () => {
      this.#isSinkFull = false;
      this.#pump();
    });
    sink.on('close', () => this.#drop());
  }

  /** The condition is another one: what waits is scheduled anew. */
  changed(): void {
    const waiting = this.#queue.map(({ bytes }) => bytes);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#schedule.reset();
    // It has been on its way long enough: only the bandwidth still counts.
    const condition = { ...this.#condition(), latencyMs: 0, jitterMs: 0 };
    for (const bytes of waiting) this.#put(bytes, condition);
    this.#pump();
  }

  #take(chunk: Buffer): void {
    if (this.#sink.destroyed) return;
    const condition = this.#condition();
    if (this.#queue.length === 0 && isClear(condition)) this.#write(chunk);
    else this.#put(chunk, condition);
    this.#pump();
  }

  #put(chunk: Buffer, condition: Effective): void {
    const nowMs = performance.now();
    const size = Math.min(chunk.length, pieceBytes(condition));
    for (let from = 0; from < chunk.length; from += size) {
      const bytes = chunk.subarray(from, from + size);
      this.#queue.push({ bytes, dueMs: this.#schedule.arrivalMs(nowMs, bytes.length, condition) });
      this.#queuedBytes += bytes.length;
    }
  }

  /** Sends on what is due, then waits for what comes next. */
  #pump(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#sink.destroyed) return;
    const isHeld = this.#condition().partition !== null;
    let [head] = this.#queue;
    while (!isHeld && !this.#isSinkFull && head !== undefined && head.dueMs <= performance.now()) {
      this.#queue.shift();
      this.#queuedBytes -= head.bytes.length;
      this.#write(head.bytes);
      [head] = this.#queue;
    }
    if (!isHeld && head === undefined) this.#passOnEnd();
    else if (!isHeld && !this.#isSinkFull && head !== undefined) {
      this.#timer = setTimeout(() => this.#pump(), Math.max(0, head.dueMs - performance.now()));
    }
    this.#balance(isHeld);
  }

  /** Lets the source send, or makes it wait. */
  #balance(isHeld: boolean): void {
    if (this.#isSinkFull || isHeld || this.#queuedBytes > MOST_QUEUED_BYTES) this.#source.pause();
    else if (this.#queuedBytes <= RESUME_BYTES) this.#source.resume();
  }

  #write(bytes: Buffer): void {
    this.#carried(bytes.length);
    if (!this.#sink.write(bytes)) this.#isSinkFull = true;
  }

  #sourceEnded(how: 'ended' | 'broken'): void {
    if (this.#end !== 'open') return;
    this.#end = how;
    this.#pump();
  }

  /** Once, behind the last byte; what broke off at one side breaks off at the other. */
  #passOnEnd(): void {
    if (this.#end === 'ended') this.#sink.end();
    else if (this.#end === 'broken') this.#sink.resetAndDestroy();
    else return;
    this.#end = 'passed-on';
  }

  /** Nobody is left to receive. */
  #drop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#source.resume();
  }
}
