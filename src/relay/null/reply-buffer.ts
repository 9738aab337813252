import type { Socket } from 'node:net';
import { copyId, type FrameView, ID_CHARS } from './frame.ts';

const CAPACITY_BYTES = 256 * 1024;
/** `["OK","<id>",true,""]` as a server frame; the id is the hole in it. */
const OK_HEAD = Buffer.from('\x81\x51["OK","', 'latin1');
const OK_TAIL = Buffer.from('",true,""]', 'latin1');
const OK_BYTES = OK_HEAD.length + ID_CHARS + OK_TAIL.length;

/**
 * Collects the answers to one read so that they leave in one write. The buffer is used again once the kernel
 * has taken all of it, which on loopback is nearly always.
 */
export class ReplyBuffer {
  #buffer = Buffer.allocUnsafeSlow(CAPACITY_BYTES);
  #length = 0;

  /** Append the OK of the event whose id stands at payload offset `idAt` of `frame`. */
  ok(socket: Socket, frame: FrameView, idAt: number): void {
    this.#reserve(socket, OK_BYTES);
    const at = this.#length;
    this.#buffer.set(OK_HEAD, at);
    copyId(frame, idAt, this.#buffer, at + OK_HEAD.length);
    this.#buffer.set(OK_TAIL, at + OK_HEAD.length + ID_CHARS);
    this.#length = at + OK_BYTES;
  }

  /** Append a ready frame. */
  append(socket: Socket, bytes: Buffer): void {
    if (bytes.length > CAPACITY_BYTES) {
      this.flush(socket);
      socket.write(bytes);
      return;
    }
    this.#reserve(socket, bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Write everything collected. */
  flush(socket: Socket): void {
    if (this.#length === 0) return;
    socket.write(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    // What the kernel did not take is kept by reference: that buffer is no longer ours.
    if (socket.writableLength > 0) this.#buffer = Buffer.allocUnsafeSlow(CAPACITY_BYTES);
  }

  #reserve(socket: Socket, bytes: number): void {
    if (this.#length + bytes > CAPACITY_BYTES) this.flush(socket);
  }
}
