import { describe, expect, it } from 'vitest';
import { LoadLoop } from '../../../src/engine/worker/load-loop.ts';
import type { Ticker } from '../../../src/engine/worker/ticker.ts';
import type { ArrivalStream } from '../../../src/workload/stream.ts';

/** A clock that stands still until a ticker is asked to wake: time then jumps there. */
class VirtualTime {
  nowNs = 0;
  #sleptNs = 0;
  /** A ticker wakes at multiples of this. */
  grainNs = 1;
  readonly clock = (): number => this.nowNs;
  /** Called by whoever sleeps: what came meanwhile. */
  onSleep: () => void = () => undefined;
  /** As the runtime counts it. */
  readonly slept = (): number => this.#sleptNs;
  readonly createTicker = (onTick: () => void): Ticker => ({
    wakeEarlyNs: 70_000,
    wakeAt: (dueNs) => {
      const wakeNs = Math.ceil(Math.max(this.nowNs, dueNs) / this.grainNs) * this.grainNs;
      this.#sleptNs += wakeNs - this.nowNs;
      this.nowNs = wakeNs;
      this.onSleep();
      setImmediate(onTick);
    },
    stop: () => Promise.resolve(),
  });
}

/** Arrivals that come steadily from one time on, and take `costNs` each. */
function steady(time: VirtualTime, fromNs: number, { rate_per_s, seconds, costNs }: Steady): FakeStream {
  const due = Array.from({ length: rate_per_s * seconds }, (_, n) => fromNs + (n * 1e9) / rate_per_s);
  return new FakeStream(due, () => {
    time.nowNs += costNs;
  });
}

interface Steady {
  readonly rate_per_s: number;
  readonly seconds: number;
  readonly costNs: number;
}

/** The longest that an arrival has waited among the last so many. */
function longestLag({ fired }: FakeStream, last: number): number {
  return Math.max(...fired.slice(-last).map(({ dueNs, nowNs }) => nowNs - dueNs));
}

class FakeStream implements ArrivalStream {
  readonly pending = 0;
  readonly unwritten = 0;
  readonly isOver = false;
  readonly dropped = 0;
  readonly fired: { dueNs: number; nowNs: number }[] = [];
  toBuild = 0;
  readonly #due: number[];
  readonly #onFire: () => void;

  constructor(due: readonly number[], onFire: () => void = () => undefined) {
    this.#due = [...due];
    this.#onFire = onFire;
  }

  dueNs(): number {
    return this.#due[0] ?? Number.POSITIVE_INFINITY;
  }

  fire(nowNs: number): void {
    this.fired.push({ dueNs: this.#due.shift() ?? Number.NaN, nowNs });
    this.#onFire();
  }

  readAhead(): boolean {
    if (this.toBuild === 0) return false;
    this.toBuild--;
    return true;
  }

  expire(): void {
    this.toBuild = 0;
  }
}

/** What most loops of these tests are made of. */
const usual = (time: VirtualTime) => ({
  flush: (): void => undefined,
  createTicker: time.createTicker,
  connections: 1,
  catchUp: true,
  received: (): number => 0,
  opening: (): number => 0,
  sleptNs: time.slept,
});

async function runLoop(
  time: VirtualTime,
  streams: readonly FakeStream[],
  endNs: number,
  { flush = () => undefined, catchUp = true }: { flush?: () => void; catchUp?: boolean } = {},
): Promise<void> {
  // Time passes while the loop waits in turns of its own.
  const clock = (): number => {
    time.nowNs += 1_000;
    return time.nowNs;
  };
  await new LoadLoop({
    ...usual(time),
    streams,
    flush,
    clock,
    endNs,
    connections: 500,
    catchUp,
  }).run();
}

describe('LoadLoop', () => {
  it('fires every arrival once, in order of time over all streams, never before it is due', async () => {
    const time = new VirtualTime();
    const order: number[] = [];
    const streams = [
      new FakeStream([1e6, 3e6, 3e6, 9e6], () => order.push(0)),
      new FakeStream([2e6, 8e6], () => order.push(1)),
    ];
    await runLoop(time, streams, 10e6);
    expect(order).toEqual([0, 1, 0, 0, 1, 0]);
    const fired = streams.flatMap((stream) => stream.fired);
    expect(fired.every(({ dueNs, nowNs }) => nowNs >= dueNs)).toBe(true);
  });

  it('goes on until the end although nothing is due', async () => {
    const time = new VirtualTime();
    await runLoop(time, [new FakeStream([])], 5e6);
    expect(time.nowNs).toBeGreaterThanOrEqual(5e6);
  });

  it('carries out arrivals that are late, also after the end', async () => {
    const time = new VirtualTime();
    time.nowNs = 50e6;
    const stream = new FakeStream([1e6, 2e6, 3e6]);
    await runLoop(time, [stream], 5e6);
    expect(stream.fired).toHaveLength(3);
  });

  it('carries out more arrivals than fit into one turn', async () => {
    const stream = new FakeStream(Array.from({ length: 1_000 }, () => 1e6));
    await runLoop(new VirtualTime(), [stream], 2e6);
    expect(stream.fired).toHaveLength(1_000);
  });

  it('lets replies in after a few hundred arrivals while it keeps up', async () => {
    const stream = new FakeStream(Array.from({ length: 1_000 }, () => 1e6));
    const flushedAfter: number[] = [];
    await runLoop(new VirtualTime(), [stream], 2e6, { flush: () => flushedAfter.push(stream.fired.length) });
    const turns = flushedAfter.filter((count) => count > 0);
    expect(turns[0]).toBeGreaterThanOrEqual(128);
    expect(turns[0]).toBeLessThanOrEqual(300);
    expect(turns.filter((count) => count < 1_000).length).toBeGreaterThanOrEqual(3);
  });

  it('counts as waiting the time in which nothing is due and nothing comes, and no other', async () => {
    const time = new VirtualTime();
    let received = 0;
    const loop = new LoadLoop({
      ...usual(time),
      streams: [new FakeStream([1e6, 1.02e6, 1.04e6])],
      createTicker: (onTick) => ({ ...time.createTicker(onTick), wakeEarlyNs: Number.POSITIVE_INFINITY }),
      clock: () => (time.nowNs += 100),
      endNs: 2e6,
      received: () => received,
    });
    await loop.run();
    const quiet = loop.spinNs / time.nowNs;
    expect(quiet).toBeGreaterThan(0.95);
    const busy = new LoadLoop({
      ...usual(time),
      streams: [new FakeStream([])],
      createTicker: (onTick) => ({ ...time.createTicker(onTick), wakeEarlyNs: Number.POSITIVE_INFINITY }),
      clock: () => (time.nowNs += 100),
      endNs: 4e6,
      // Something has come in each time that it looks.
      received: () => received++,
    });
    await busy.run();
    expect(busy.spinNs).toBe(0);
  });

  it('does not count the steps of handshakes as waiting, by the time that they take', async () => {
    const idleOf = async (opening: number, lookNs: number): Promise<number> => {
      const time = new VirtualTime();
      const loop = new LoadLoop({
        ...usual(time),
        streams: [new FakeStream([])],
        createTicker: (onTick) => ({ ...time.createTicker(onTick), wakeEarlyNs: Number.POSITIVE_INFINITY }),
        clock: () => (time.nowNs += lookNs / 3),
        endNs: 2e6,
        opening: () => opening,
      });
      await loop.run();
      return loop.spinNs / time.nowNs;
    };
    expect(await idleOf(0, 60_000)).toBeGreaterThan(0.8);
    expect(await idleOf(3, 60_000)).toBe(0);
    expect(await idleOf(3, 3_000)).toBeGreaterThan(0.9);
  });

  it('does not count as waiting what its ticker slept: the runtime itself knows of that', async () => {
    const time = new VirtualTime();
    const stream = new FakeStream([50e6]);
    const loop = new LoadLoop({
      ...usual(time),
      streams: [stream],
      clock: () => (time.nowNs += 100),
      endNs: 60e6,
    });
    await loop.run();
    expect(stream.fired).toHaveLength(1);
    expect(loop.spinNs).toBeLessThan(1e6);
  });

  it('gathers arrivals where it is short of time, and carries out every one within 3 ms', async () => {
    const time = new VirtualTime();
    const gapNs = 1e9 / 120_000;
    const due = Array.from({ length: 60_000 }, (_, n) => n * gapNs);
    const lagsMs: number[] = [];
    const sizes: number[] = [];
    let fired = 0;
    const stream: ArrivalStream = {
      pending: 0,
      unwritten: 0,
      isOver: false,
      dueNs: () => due[fired] ?? Number.POSITIVE_INFINITY,
      fire: () => {
        time.nowNs += 3_000;
        fired++;
      },
      readAhead: () => false,
      expire: () => undefined,
    };
    let written = 0;
    const loop = new LoadLoop({
      ...usual(time),
      streams: [stream],
      // A write of each of 64 connections.
      flush: () => {
        if (fired === written) return;
        time.nowNs += Math.min(64, fired - written) * 7_000;
        for (let n = written; n < fired; n++) lagsMs.push((time.nowNs - (due[n] ?? 0)) / 1e6);
        sizes.push(fired - written);
        written = fired;
      },
      clock: () => (time.nowNs += 100),
      endNs: 0.5e9,
      connections: 64,
    });
    await loop.run();
    const settled = sizes.slice(sizes.length >> 1);
    expect(written).toBe(60_000);
    expect(Math.min(...settled.slice(0, -1))).toBeGreaterThan(64);
    expect(Math.max(...lagsMs)).toBeLessThan(3);
  });

  it('lets nothing wait any more once it has time again, although replies come whenever it sleeps', async () => {
    const time = new VirtualTime();
    let received = 0;
    time.onSleep = () => {
      received += 100;
    };
    const busy = steady(time, 0, { rate_per_s: 100_000, seconds: 0.4, costNs: 9_500 });
    const easy = steady(time, 0.4e9, { rate_per_s: 20_000, seconds: 1, costNs: 15_000 });
    const loop = new LoadLoop({
      ...usual(time),
      streams: [busy, easy],
      createTicker: (onTick) => ({ ...time.createTicker(onTick), wakeEarlyNs: 1_000 }),
      clock: () => (time.nowNs += 100),
      endNs: 1.4e9,
      connections: 64,
      received: () => received,
    });
    await loop.run();
    expect(longestLag(busy, 1_000)).toBeGreaterThan(1e6);
    expect(longestLag(easy, 1_000)).toBeLessThan(0.1e6);
  });

  it('gathers nothing beyond the grain of its ticker where it sleeps most of the time', async () => {
    const time = new VirtualTime();
    time.grainNs = 1e6;
    let received = 0;
    time.onSleep = () => {
      received += 100;
    };
    const stream = steady(time, 0, { rate_per_s: 10_000, seconds: 1, costNs: 20_000 });
    const loop = new LoadLoop({
      ...usual(time),
      streams: [stream],
      createTicker: (onTick) => ({ ...time.createTicker(onTick), wakeEarlyNs: 0 }),
      clock: () => (time.nowNs += 100),
      endNs: 1e9,
      connections: 64,
      received: () => received,
    });
    await loop.run();
    expect(longestLag(stream, 5_000)).toBeLessThan(1.3e6);
  });

  it.each([
    ['until the next arrival is due, when it looks again only after that', [10, 12, 90], 50, 40],
    ['not at all where it was away for longer than a look takes', [10, 12, 400], 120, 0],
  ])('counts as waiting the time %s', async (_, times_us, due_us, spin_us) => {
    const time = new VirtualTime();
    const times = [...times_us];
    const loop = new LoadLoop({
      ...usual(time),
      streams: [new FakeStream([due_us * 1_000])],
      createTicker: (onTick) => ({ ...time.createTicker(onTick), wakeEarlyNs: Number.POSITIVE_INFINITY }),
      clock: () => {
        const next_us = times.shift();
        time.nowNs = next_us === undefined ? time.nowNs + 100 : next_us * 1_000;
        return time.nowNs;
      },
      endNs: due_us * 1_000,
    });
    await loop.run();
    expect(loop.spinNs).toBe(spin_us * 1_000);
  });

  it('writes several frames of a connection at once where it is late', async () => {
    const time = new VirtualTime();
    time.nowNs = 50e6;
    const stream = new FakeStream(Array.from({ length: 3_000 }, () => 1e6));
    const flushedAfter: number[] = [];
    await runLoop(time, [stream], 2e6, { flush: () => flushedAfter.push(stream.fired.length) });
    expect(flushedAfter.slice(0, 2)).toEqual([2_000, 3_000]);
  });

  it('keeps to short turns where it may not catch up', async () => {
    const time = new VirtualTime();
    time.nowNs = 50e6;
    const stream = new FakeStream(Array.from({ length: 1_000 }, () => 1e6));
    const flushedAfter: number[] = [];
    await runLoop(time, [stream], 2e6, {
      flush: () => flushedAfter.push(stream.fired.length),
      catchUp: false,
    });
    expect(flushedAfter[0]).toBe(256);
  });

  it('builds frames ahead while nothing is due', async () => {
    const stream = new FakeStream([1e6, 20e6]);
    stream.toBuild = 40;
    await runLoop(new VirtualTime(), [stream], 20e6);
    expect(stream.toBuild).toBe(0);
  });

  it('stops offering when it is told to', async () => {
    const time = new VirtualTime();
    const stream: FakeStream = new FakeStream([1e6, 2e6, 1e15], () => {
      if (stream.fired.length === 2) loop.stop();
    });
    const loop = new LoadLoop({
      ...usual(time),
      streams: [stream],
      clock: () => (time.nowNs += 1_000),
      endNs: 1e15,
    });
    await loop.run();
    expect(stream.fired).toHaveLength(2);
  });
});
