import { monotonicNs } from '../base/clock.ts';
import { countDeflated, type DeflateCounts } from '../base/deflate-message.ts';
import type { Connection } from './connection.ts';
import type { FrameStore } from './frame-store.ts';

/** Whoever staged a frame: told when it was really written, or that it never will be. */
export interface FrameOwner {
  readonly store: FrameStore;
  /** The frame in `slot` has just been handed to the kernel; the slot is released afterwards. */
  onWritten(slot: number, connection: number, startedNs: number): void;
  /** The connection closed before the frame could be written; the slot is released afterwards. */
  onUnwritten(slot: number, connection: number): void;
}

interface Line {
  readonly connection: Connection;
  /** Staged frames as slot × owners + owner. */
  readonly staged: number[];
  dirty: boolean;
  /** The kernel's buffer is full, or the connection is lost. */
  blocked: boolean;
  /** Lost, and to be opened again: frames wait for that. */
  isParked: boolean;
}

/** At most this share of an owner's slots waits for lost connections: the others must stay able to send. */
const MOST_PARKED = 0.5;

/**
 * Collects the frames of one tick and writes them with one system call per connection: the system call is what a
 * message costs. Frames of a connection whose socket is full stay here until it drains.
 */
export class Outbox {
  #owners: readonly FrameOwner[] = [];
  readonly #lines: (Line | undefined)[] = [];
  #dirty: Line[] = [];
  /** Frames that wait for lost connections, by owner. */
  #parked: number[] = [];
  #bytesWritten = 0;
  readonly #compression: DeflateCounts | null;

  /** @param compression counts what goes out compressed; null where permessage-deflate is not offered */
  constructor(compression: DeflateCounts | null = null) {
    this.#compression = compression;
  }

  /** Who stages frames, by number; set once, before the first frame is built. */
  setOwners(owners: readonly FrameOwner[]): void {
    this.#owners = owners;
    if (this.#compression !== null) for (const { store } of owners) store.keepDeflated();
    this.#parked = owners.map(() => 0);
  }

  /** Bytes handed to sockets so far. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** A connection takes frames from now on; where it was parked, those that have waited go out with the next flush. */
  open(connection: Connection): void {
    const before = this.#lines[connection.number];
    const line: Line = { connection, staged: [], dirty: false, blocked: false, isParked: false };
    this.#lines[connection.number] = line;
    if (before?.isParked !== true || before.staged.length === 0) return;
    this.#countParked(before, -1);
    line.staged.push(...before.staged);
    before.staged.length = 0;
    line.dirty = true;
    this.#dirty.push(line);
  }

  /** A connection is lost and is going to be opened again: its frames wait, and further ones may be staged. */
  park(connection: number): void {
    const line = this.#lines[connection];
    if (line === undefined || line.isParked) return;
    line.isParked = true;
    line.blocked = true;
    this.#countParked(line, 1);
    for (const token of line.staged) this.#ownerOf(token).store.hasWaited[this.#slotOf(token)] = 1;
  }

  /** Whether a frame of this owner may be staged: the queue of lost connections is bounded. */
  hasRoom(connection: number, ownerIndex: number): boolean {
    if (this.#lines[connection]?.isParked !== true) return true;
    const { slots } = (this.#owners[ownerIndex] as FrameOwner).store;
    return (this.#parked[ownerIndex] as number) < slots * MOST_PARKED;
  }

  /** Forget a connection; its staged frames are reported as unwritten. */
  close(connection: number): void {
    const line = this.#lines[connection];
    if (line === undefined) return;
    this.#lines[connection] = undefined;
    this.#giveUp(line);
  }

  /** Report what no socket has taken so far as unwritten: at the end of the drain. */
  giveUpAll(): void {
    for (const line of this.#lines) if (line !== undefined) this.#giveUp(line);
  }

  #giveUp(line: Line): void {
    const { connection, staged } = line;
    const { number } = connection;
    if (line.isParked) this.#countParked(line, -1);
    for (const token of staged) {
      const owner = this.#ownerOf(token);
      const slot = this.#slotOf(token);
      owner.onUnwritten(slot, number);
      owner.store.release(slot);
    }
    staged.length = 0;
  }

  /** Put a frame in line; it is written by the next {@link flush}. The connection must be open here, or parked. */
  stage(connection: number, ownerIndex: number, slot: number): void {
    const line = this.#lines[connection];
    if (line === undefined) throw new Error(`connection ${connection} is not open`);
    line.staged.push(slot * this.#owners.length + ownerIndex);
    if (line.isParked) {
      this.#parked[ownerIndex] = (this.#parked[ownerIndex] as number) + 1;
      (this.#owners[ownerIndex] as FrameOwner).store.hasWaited[slot] = 1;
    }
    if (!line.dirty && !line.blocked) {
      line.dirty = true;
      this.#dirty.push(line);
    }
  }

  /** The socket accepts bytes again. */
  drained(connection: number): void {
    const line = this.#lines[connection];
    if (line === undefined || !line.blocked) return;
    line.blocked = false;
    if (line.staged.length > 0 && !line.dirty) {
      line.dirty = true;
      this.#dirty.push(line);
    }
  }

  flush(): void {
    const lines = this.#dirty;
    if (lines.length === 0) return;
    this.#dirty = [];
    for (const line of lines) {
      line.dirty = false;
      if (line.staged.length > 0 && line.connection.isOpen) this.#write(line);
    }
  }

  #write(line: Line): void {
    const isDeflated = this.#compression !== null && line.connection.takesDeflated;
    const frames = isDeflated ? this.#collectDeflated(line.staged) : this.#collect(line.staged);
    const startedNs = monotonicNs();
    line.blocked = !line.connection.write(frames);
    this.#bytesWritten += frames.length;
    for (const token of line.staged) {
      const owner = this.#ownerOf(token);
      const slot = this.#slotOf(token);
      owner.onWritten(slot, line.connection.number, startedNs);
      owner.store.release(slot);
    }
    line.staged.length = 0;
  }

  /** A copy, since the socket may keep the bytes while the slots are used again. */
  #collect(staged: readonly number[]): Buffer {
    let total = 0;
    for (const token of staged) total += this.#ownerOf(token).store.length[this.#slotOf(token)] as number;
    const frames = Buffer.allocUnsafe(total);
    let at = 0;
    for (let i = 0; i < staged.length; ) {
      const { store } = this.#ownerOf(staged[i] as number);
      const start = store.startOf(this.#slotOf(staged[i] as number));
      let end = start;
      // Frames that lie side by side, the usual case, are copied at once.
      do {
        end += store.length[this.#slotOf(staged[i] as number)] as number;
        i++;
      } while (i < staged.length && this.#isAt(staged[i] as number, store, end));
      at += store.bytes.copy(frames, at, start, end);
    }
    return frames;
  }

  /** As {@link #collect}, the frames compressed that are smaller so. */
  #collectDeflated(staged: readonly number[]): Buffer {
    return Buffer.concat(
      staged.map((token) => {
        const { store } = this.#ownerOf(token);
        const slot = this.#slotOf(token);
        const start = store.startOf(slot);
        const before = store.length[slot] as number;
        const after = store.deflatedLength[slot] as number;
        if (after === 0 || store.deflated === null) return store.bytes.subarray(start, start + before);
        if (this.#compression !== null) countDeflated(this.#compression, before, after);
        return store.deflated.subarray(start, start + after);
      }),
    );
  }

  #countParked({ staged }: Line, by: 1 | -1): void {
    for (const token of staged) {
      const owner = token % this.#owners.length;
      this.#parked[owner] = (this.#parked[owner] as number) + by;
    }
  }

  #isAt(token: number, store: FrameStore, position: number): boolean {
    return this.#ownerOf(token).store === store && store.startOf(this.#slotOf(token)) === position;
  }

  #ownerOf(token: number): FrameOwner {
    return this.#owners[token % this.#owners.length] as FrameOwner;
  }

  #slotOf(token: number): number {
    return Math.floor(token / this.#owners.length);
  }
}
