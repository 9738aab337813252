import type { Socket } from 'node:net';
import { type FrameView, OPCODE, payloadBytes, serverFrame } from './frame.ts';

/** `["EVENT",` of the publisher's message; the event and one bracket follow. */
const EVENT_HEAD_BYTES = '["EVENT",'.length;
/** A subscriber that lets more than this queue up stops its publishers until it has read. */
const MOST_QUEUED_BYTES = 1024 * 1024;

/**
 * Sends every event to every open subscription, whatever its filters say. All events of one read leave as one
 * write a subscriber, of bytes that are made once for all that chose the same subscription id.
 */
export class FanOut {
  /** Subscribers by subscription id, which is JSON text between quotes. */
  readonly #subscribers = new Map<string, Set<Socket>>();
  /** Events of the present read, as JSON. */
  #events: Buffer[] = [];
  /** Subscribers that do not keep up, and publishers that wait for them. */
  readonly #behind = new Set<Socket>();
  readonly #held = new Set<Socket>();

  subscribe(socket: Socket, subscription: string): void {
    const sockets = this.#subscribers.get(subscription) ?? new Set();
    sockets.add(socket);
    this.#subscribers.set(subscription, sockets);
  }

  unsubscribe(socket: Socket, subscription: string): void {
    const sockets = this.#subscribers.get(subscription);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#subscribers.delete(subscription);
  }

  /** Forget a closed socket. */
  drop(socket: Socket): void {
    for (const subscription of [...this.#subscribers.keys()]) this.unsubscribe(socket, subscription);
    this.#held.delete(socket);
    this.#keepsUp(socket);
  }

  /** The event of an EVENT message goes out with the next {@link flush}. */
  add(frame: FrameView): void {
    if (this.#subscribers.size === 0) return;
    const payload = payloadBytes(frame);
    this.#events.push(payload.subarray(EVENT_HEAD_BYTES, payload.length - 1));
  }

  /** Send what one read of `publisher` has brought. */
  flush(publisher: Socket): void {
    if (this.#events.length === 0) return;
    for (const [subscription, sockets] of this.#subscribers) {
      const bytes = eventFrames(subscription, this.#events);
      for (const socket of sockets) this.#send(socket, bytes);
    }
    this.#events = [];
    if (this.#behind.size === 0) return;
    this.#held.add(publisher);
    publisher.pause();
  }

  #send(socket: Socket, bytes: Buffer): void {
    socket.write(bytes);
    if (socket.writableLength <= MOST_QUEUED_BYTES || this.#behind.has(socket)) return;
    this.#behind.add(socket);
    socket.once('drain', () => this.#keepsUp(socket));
  }

  #keepsUp(socket: Socket): void {
    this.#behind.delete(socket);
    if (this.#behind.size > 0) return;
    for (const publisher of this.#held) publisher.resume();
    this.#held.clear();
  }
}

function eventFrames(subscription: string, events: readonly Buffer[]): Buffer {
  const head = Buffer.from(`["EVENT","${subscription}",`, 'latin1');
  const tail = Buffer.from(']', 'latin1');
  return Buffer.concat(events.map((event) => serverFrame(OPCODE.text, Buffer.concat([head, event, tail]))));
}
