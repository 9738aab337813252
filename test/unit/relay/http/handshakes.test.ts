import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Handshakes } from '../../../../src/relay/http/handshakes.ts';

/** A socket on paper. */
class PaperSocket extends EventEmitter {
  readonly remoteAddress: string;
  isDestroyed = false;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }
}

function setUp(room = Number.POSITIVE_INFINITY, roomOfEach = Number.POSITIVE_INFINITY) {
  const state = { nowMs: 0 };
  const handshakes = new Handshakes({
    deadlineMs: 10_000,
    room: () => room,
    roomOf: () => roomOfEach,
    nowMs: () => state.nowMs,
  });
  const connect = (address = 'a'): PaperSocket => {
    const socket = new PaperSocket(address);
    handshakes.add(socket as unknown as Socket);
    return socket;
  };
  return { handshakes, connect, state };
}

describe('connections that have said nothing yet', () => {
  it('end when they are late, and those that have spoken do not', () => {
    const { handshakes, connect, state } = setUp();
    const [silent, spoken] = [connect(), connect()];
    handshakes.done(spoken as unknown as Socket);
    state.nowMs = 5_000;
    const later = connect();
    state.nowMs = 10_000;
    handshakes.checkLate();
    handshakes.close();
    expect([silent, spoken, later].map(({ isDestroyed }) => isDestroyed)).toEqual([true, false, false]);
    expect(handshakes.waiting).toBe(1);
  });

  it('give way, the oldest first, where they are more than there is room for', () => {
    const { handshakes, connect } = setUp(0);
    const sockets = Array.from({ length: 130 }, () => connect());
    handshakes.close();
    expect(sockets.filter(({ isDestroyed }) => isDestroyed)).toEqual(sockets.slice(0, 2));
    expect(handshakes.waiting).toBe(128);
  });

  it('count for their address', () => {
    const { handshakes, connect } = setUp(1_000, 2);
    const [first, other] = [connect('a'), connect('b')];
    connect('a');
    connect('a');
    handshakes.close();
    expect([first.isDestroyed, other.isDestroyed]).toEqual([true, false]);
  });

  it('are forgotten when they go', () => {
    const { handshakes, connect } = setUp();
    connect().emit('close');
    handshakes.close();
    expect(handshakes.waiting).toBe(0);
  });
});
