import type { Socket } from 'node:net';
import { type Effective, isClear } from './conditions.ts';
import { ArrivalSchedule, pieceBytes } from './schedule.ts';

/** More than this waits nowhere: the sender is made to wait, as a full network does. */
const MOST_QUEUED_BYTES = 4 * 2 ** 20;
const RESUME_BYTES = MOST_QUEUED_BYTES / 4;

/** Bytes of which the latency has begun. */
interface Sent {
  readonly bytes: Buffer;
  readonly sentMs: number;
  /** Sent then, and as late as the latency of the time made it. */
  readonly earliestMs: number;
}

interface Piece extends Sent {
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

  /**
   * The condition is another one: what waits is scheduled anew. Its latency counts from when it was sent, so that what was held goes
   * at once and what is under way takes as long as the way does; it is never made later.
   */
  changed(): void {
    const waiting = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#schedule.reset();
    const condition = this.#condition();
    const nowMs = performance.now();
    for (const { bytes, sentMs, earliestMs } of waiting) {
      const now = this.#schedule.earliestMs(sentMs, condition);
      this.#put({ bytes, sentMs, earliestMs: Math.max(nowMs, Math.min(earliestMs, now)) }, condition);
    }
    this.#pump();
  }

  #take(chunk: Buffer): void {
    if (this.#sink.destroyed) return;
    const condition = this.#condition();
    if (this.#queue.length === 0 && isClear(condition)) this.#write(chunk);
    else {
      const sentMs = performance.now();
      this.#put(
        { bytes: chunk, sentMs, earliestMs: this.#schedule.earliestMs(sentMs, condition) },
        condition,
      );
    }
    this.#pump();
  }

  #put({ bytes: all, ...sent }: Sent, condition: Effective): void {
    const size = Math.min(all.length, pieceBytes(condition));
    for (let from = 0; from < all.length; from += size) {
      const bytes = all.subarray(from, from + size);
      const dueMs = this.#schedule.queuedMs(sent.earliestMs, bytes.length, condition);
      this.#queue.push({ ...sent, bytes, dueMs });
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
