import { describe, expect, it } from 'vitest';
import { noDeflateCounts } from '../../../src/base/deflate-message.ts';
import { deflateMaskedFrame, encodeMaskedTextFrame } from '../../../src/base/websocket-frame.ts';
import type { Connection } from '../../../src/wire/connection.ts';
import { FrameStore } from '../../../src/wire/frame-store.ts';
import { type FrameOwner, Outbox } from '../../../src/wire/outbox.ts';

class FakeConnection {
  readonly written: string[] = [];
  isOpen = true;
  accepts = true;
  takesDeflated = false;
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

describe('a connection that is lost and is going to be opened again', () => {
  it('keeps what is staged, takes more, and gets all of it when it is open', () => {
    const { outbox, connection, stage, written, unwritten } = setUp();
    stage('one');
    connection.isOpen = false;
    outbox.park(5);
    stage('two');
    outbox.flush();
    expect([connection.written, written, unwritten]).toEqual([[], [], []]);
    const again = new FakeConnection(5);
    outbox.open(again as unknown as Connection);
    outbox.flush();
    expect(again.written).toEqual(['onetwo']);
    expect(written).toHaveLength(2);
  });

  it('marks what has waited, and only that', () => {
    const { outbox, store, stage } = setUp();
    const before = stage('one');
    outbox.park(5);
    const meanwhile = stage('two');
    outbox.open(new FakeConnection(5) as unknown as Connection);
    outbox.flush();
    const after = stage('three');
    expect([before, meanwhile, after].map((slot) => store.hasWaited[slot])).toEqual([1, 1, 0]);
  });

  it('takes half of the slots and no more', () => {
    const { outbox, store, stage } = setUp();
    outbox.park(5);
    for (let n = 0; n < store.slots / 2; n++) {
      expect(outbox.hasRoom(5, 0)).toBe(true);
      stage('x');
    }
    expect(outbox.hasRoom(5, 0)).toBe(false);
    outbox.open(new FakeConnection(5) as unknown as Connection);
    expect(outbox.hasRoom(5, 0)).toBe(true);
    outbox.flush();
    outbox.park(5);
    expect(outbox.hasRoom(5, 0)).toBe(true);
  });

  it('gives up what waits where the run ends first', () => {
    const { outbox, store, stage, unwritten } = setUp();
    outbox.park(5);
    const slot = stage('one');
    outbox.giveUpAll();
    expect(unwritten).toEqual([slot]);
    expect(store.freeCount).toBe(store.slots);
  });
});

describe('an outbox where permessage-deflate is offered', () => {
  function deflating() {
    const store = new FrameStore(400, 16);
    const owner: FrameOwner = { store, onWritten: () => undefined, onUnwritten: () => undefined };
    const counts = noDeflateCounts();
    const outbox = new Outbox(counts);
    outbox.setOwners([owner]);
    const written: Buffer[] = [];
    const open = (number: number, takesDeflated: boolean): void =>
      outbox.open({
        number,
        takesDeflated,
        isOpen: true,
        write: (frames: Buffer) => written.push(frames) > 0,
      } as unknown as Connection);
    const stage = (connection: number, text: string): Buffer => {
      const slot = store.take();
      const frame = encodeMaskedTextFrame(text, 5);
      store.length[slot] = frame.copy(store.bytes, store.startOf(slot));
      store.deflate(slot);
      outbox.stage(connection, 0, slot);
      return frame;
    };
    return { outbox, counts, written, open, stage };
  }

  it('writes frames compressed to who takes them so, and as they are where that makes them no smaller', () => {
    const { outbox, counts, written, open, stage } = deflating();
    open(5, true);
    const long = stage(5, 'again and again '.repeat(10));
    const short = stage(5, 'x');
    const deflated = deflateMaskedFrame(long) as Buffer;
    outbox.flush();
    expect(written).toEqual([Buffer.concat([deflated, short])]);
    expect(outbox.bytesWritten).toBe(deflated.length + short.length);
    expect(counts).toEqual({
      ...noDeflateCounts(),
      deflated: 1,
      deflatedBefore_bytes: long.length,
      deflatedAfter_bytes: deflated.length,
    });
  });

  it('writes the same frames as they are to who has not agreed', () => {
    const { outbox, counts, written, open, stage } = deflating();
    open(5, false);
    const frame = stage(5, 'again and again '.repeat(10));
    outbox.flush();
    expect(written).toEqual([frame]);
    expect(counts).toEqual(noDeflateCounts());
  });
});
