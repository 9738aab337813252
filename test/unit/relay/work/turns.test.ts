import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { CANCELLED } from '../../../../src/relay/work/lane.ts';
import type { Steps } from '../../../../src/relay/work/steps.ts';
import { runFor, Work } from '../../../../src/relay/work/work.ts';
import { manualTurns } from '../../../support/relay-work.ts';

/** Work that takes milliseconds of the clock of a test. */
function busy(state: { nowMs: number }, ms: number): void {
  state.nowMs += ms;
}

/** Frees what nobody holds; what a turn of the event loop has looked at is held until its end. */
async function collectGarbage(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Steps that each take a millisecond, noted in a log. */
function* steps(name: string, count: number, log: string[], state: { nowMs: number }): Steps<number> {
  for (let i = 0; i < count; i++) {
    busy(state, 1);
    log.push(name);
    yield;
  }
  return count;
}

function setUp() {
  const { turns, turn, state } = manualTurns();
  // New clients come after those who are known to use little.
  const knownLane = () => {
    const lane = turns.lane();
    busy(state, 1_000);
    return lane;
  };
  return { turns, turn, state, knownLane };
}

describe('the turns of clients', () => {
  it('serve who uses little at once', () => {
    const { knownLane } = setUp();
    const log: string[] = [];
    const lane = knownLane();
    for (let i = 0; i < 100; i++) lane.receive(() => log.push('message'), undefined);
    expect(log.length).toBe(100);
  });

  it('let messages wait of who has used more than its share, in their order', async () => {
    const { knownLane, turn, state } = setUp();
    const lane = knownLane();
    const log: number[] = [];
    for (let i = 0; i < 4; i++) {
      lane.receive(() => {
        busy(state, 10);
        log.push(i);
      }, undefined);
    }
    expect([log, lane.backlog]).toEqual([[0, 1], 2]);
    while (await turn());
    expect([log, lane.backlog]).toEqual([[0, 1, 2, 3], 0]);
  });

  it('let go of what was handled, also of a client that never catches up', async () => {
    const { knownLane, turn, state } = setUp();
    const lane = knownLane();
    const handled: WeakRef<object>[] = [];
    const receive = (): void => {
      const item = { text: 'a message' };
      handled.push(new WeakRef(item));
      lane.receive(() => busy(state, 10), item);
    };
    for (let i = 0; i < 8; i++) receive();
    for (let i = 0; i < 20; i++) {
      receive();
      await turn();
    }
    expect(lane.backlog).toBeGreaterThan(0);
    await collectGarbage();
    expect(handled.filter((one) => one.deref() !== undefined).length).toBeLessThan(2 * (lane.backlog + 1));
  });

  it('come first to whom has used least, however many others wait', async () => {
    const { knownLane, turn, state } = setUp();
    const attackers = Array.from({ length: 24 }, () => knownLane());
    const honest = knownLane();
    const log: string[] = [];
    for (let i = 0; i < 20; i++) {
      for (const lane of attackers) {
        lane.receive(() => {
          busy(state, 10);
          log.push('attacker');
        }, undefined);
      }
    }
    honest.receive(() => busy(state, 3), undefined);
    const before = log.length;
    honest.receive(() => log.push('honest'), undefined);
    await turn();
    expect(log.slice(before)).toEqual(['honest', 'attacker']);
  });

  it('are not needed where nobody waits and the event loop has time', async () => {
    const { knownLane, turn, state } = setUp();
    const lane = knownLane();
    lane.receive(() => busy(state, 10), undefined);
    let handled = 0;
    const flood = (): void => {
      for (let i = 0; i < 8; i++) {
        lane.receive(() => {
          busy(state, 1);
          handled++;
        }, undefined);
      }
    };
    flood();
    expect([handled, lane.backlog]).toEqual([5, 3]);
    while (await turn());
    flood();
    expect([handled, lane.backlog]).toEqual([13, 3]);
  });

  it('end after a few milliseconds, so that sockets are read again', async () => {
    const { knownLane, turn, state } = setUp();
    const lane = knownLane();
    let handled = 0;
    for (let i = 0; i < 100; i++) {
      lane.receive(() => {
        busy(state, 2.5);
        handled++;
      }, undefined);
    }
    const before = handled;
    await turn();
    expect(handled - before).toBeLessThanOrEqual(3);
  });

  it('go round among long computations of several clients', async () => {
    const { knownLane, turn, state } = setUp();
    const log: string[] = [];
    const [one, two] = [knownLane(), knownLane()];
    const outcomes = [
      runFor(new Work(one), steps('one', 30, log, state)),
      runFor(new Work(two), steps('two', 30, log, state)),
    ];
    while (await turn());
    expect(await Promise.all(outcomes)).toEqual([30, 30]);
    const half = log.slice(0, 30).filter((name) => name === 'one').length;
    expect(half).toBeGreaterThan(10);
    expect(half).toBeLessThan(20);
  });

  it('go round among the computations of one client, a few at a time', async () => {
    const { knownLane, turn, state } = setUp();
    const log: string[] = [];
    const lane = knownLane();
    for (let i = 0; i < 10; i++) void runFor(new Work(lane), steps(`${i}`, 20, log, state));
    for (let i = 0; i < 10; i++) await turn();
    expect(new Set(log).size).toBeGreaterThan(2);
    expect(new Set(log).size).toBeLessThan(10);
  });

  it('are not taken any more by what nobody waits for', async () => {
    const { knownLane, turn, state } = setUp();
    const log: string[] = [];
    const work = new Work(knownLane());
    const outcome = runFor(work, steps('gone', 1_000, log, state));
    await turn();
    const before = log.length;
    work.cancel();
    while (await turn());
    await expect(outcome).rejects.toBe(CANCELLED);
    expect([before > 0, log.length]).toEqual([true, before]);
  });

  it('tell of a computation that fails, and go on', async () => {
    const { knownLane, turn } = setUp();
    const lane = knownLane();
    function* steps(isBroken: boolean): Steps<number> {
      if (isBroken) throw new Error('broken');
      yield;
      return 1;
    }
    await expect(runFor(new Work(lane), steps(true))).rejects.toThrow('broken');
    expect(await lane.call(() => 'fine')).toBe('fine');
    await expect(
      lane.call(() => {
        throw new Error('thrown');
      }),
    ).rejects.toThrow('thrown');
    await turn();
  });

  it('let a new client wait behind those who are known: coming again does not pay', async () => {
    const { turns, turn, state, knownLane } = setUp();
    const known = knownLane();
    known.receive(() => busy(state, 5), undefined);
    const heavy = knownLane();
    for (let i = 0; i < 3; i++) heavy.receive(() => busy(state, 10), undefined);
    const log: string[] = [];
    turns.lane().receive(() => log.push('new'), undefined);
    known.receive(() => log.push('known'), undefined);
    while (await turn());
    expect(log).toEqual(['known', 'new']);
  });
});
