import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/wire/connection.ts';
import { FrameStore } from '../../../src/wire/frame-store.ts';
import { type FrameOwner, Outbox } from '../../../src/wire/outbox.ts';

class FakeConnection {
  readonly written: string[] = [];
  isOpen = true;
  accepts = true;
  readonly number: number;

  constructor(number: number) {
    this.number = number;
  }

  write(frames: Buffer): boolean {
    this.written.push(frames.toString());
    return this.accepts;
  }
}

function setUp() {
  const store = new FrameStore(8, 16);
  const written: number[] = [];
  const unwritten: number[] = [];
  const owner: FrameOwner = {
    store,
    onWritten: (slot) => written.push(slot),
    onUnwritten: (slot) => unwritten.push(slot),
  };
  const outbox = new Outbox();
  outbox.setOwners([owner]);
  const connection = new FakeConnection(5);
  outbox.open(connection as unknown as Connection);
  const stage = (text: string): number => {
    const slot = store.take();
    store.length[slot] = store.bytes.write(text, store.startOf(slot));
    outbox.stage(5, 0, slot);
    return slot;
  };
  return { store, outbox, connection, stage, written, unwritten };
}

describe('Outbox', () => {
  it('writes all frames of one tick with one write, in order', () => {
    const { outbox, connection, stage } = setUp();
    stage('one');
    stage('two');
    stage('three');
    outbox.flush();
    expect(connection.written).toEqual(['onetwothree']);
    expect(outbox.bytesWritten).toBe(11);
  });

  it('releases the slots it has written', () => {
    const { outbox, store, stage, written } = setUp();
    const slot = stage('one');
    outbox.flush();
    expect(written).toEqual([slot]);
    expect(store.freeCount).toBe(store.slots);
  });

  it('holds frames back while the socket is full and writes them when it drains', () => {
    const { outbox, connection, stage, written } = setUp();
    connection.accepts = false;
    stage('one');
    outbox.flush();
    stage('two');
    outbox.flush();
    expect(connection.written).toEqual(['one']);
    expect(written).toHaveLength(1);
    connection.accepts = true;
    outbox.drained(5);
    outbox.flush();
    expect(connection.written).toEqual(['one', 'two']);
  });

  it('reports frames of a closed connection as unwritten and releases them', () => {
    const { outbox, store, stage, unwritten } = setUp();
    const slot = stage('one');
    outbox.close(5);
    outbox.flush();
    expect(unwritten).toEqual([slot]);
    expect(store.freeCount).toBe(store.slots);
  });

  it('refuses to stage for a connection that is not open', () => {
    const { outbox, store } = setUp();
    expect(() => outbox.stage(6, 0, store.take())).toThrow('connection 6 is not open');
  });
});
