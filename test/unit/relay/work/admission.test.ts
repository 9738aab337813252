import { describe, expect, it } from 'vitest';
import { Admission, type Asked } from '../../../../src/relay/work/admission.ts';
import { CANCELLED } from '../../../../src/relay/work/lane.ts';
import { settled } from '../../../support/relay-work.ts';

/** Somebody who waits in any case. */
const never: Asked['onCancel'] = () => () => undefined;

function setUp(options: Partial<ConstructorParameters<typeof Admission>[0]> = {}) {
  const state = { nowMs: 0 };
  const later: { readonly callback: () => void; readonly ms: number }[] = [];
  const admission = new Admission({
    places: 4,
    perClient: 2,
    costlyPlaces: 1,
    clock: () => state.nowMs,
    later: (callback, ms) => void later.push({ callback, ms }),
    ...options,
  });
  const inside: { readonly name: string; readonly leave: () => void }[] = [];
  const enter = (client: object, name: string, onCancel = never): Promise<void> =>
    admission.run(
      { lane: client, onCancel },
      () =>
        new Promise<void>((resolve) => {
          inside.push({ name, leave: resolve });
        }),
    );
  const leave = async (name: string): Promise<void> => {
    const index = inside.findIndex((other) => other.name === name);
    inside.splice(index, 1)[0]?.leave();
    await settled();
  };
  const names = (): string[] => inside.map(({ name }) => name);
  /** From then on it is known what the client uses. */
  const enterAndLeave = async (client: object): Promise<void> => {
    void enter(client, 'known');
    await settled();
    await leave('known');
  };
  return { admission, enter, leave, enterAndLeave, names, state, later };
}

describe('an admission', () => {
  it('lets one client have no more than its places, and another one in', async () => {
    const { admission, enter, leave, enterAndLeave, names } = setUp();
    const [greedy, modest] = [{}, {}];
    await enterAndLeave(greedy);
    for (let i = 0; i < 5; i++) void enter(greedy, `greedy ${i}`);
    void enter(modest, 'modest');
    await settled();
    expect([names(), admission.waiting]).toEqual([['greedy 0', 'greedy 1', 'modest'], 3]);
    await leave('greedy 0');
    expect(names()).toEqual(['greedy 1', 'modest', 'greedy 2']);
  });

  it('tells who waits for a place from who waits for another reason', async () => {
    const { admission, enter, enterAndLeave } = setUp({ places: 3, perClient: 2 });
    const [greedy, modest, late] = [{}, {}, {}];
    await enterAndLeave(greedy);
    for (let i = 0; i < 4; i++) void enter(greedy, `greedy ${i}`);
    await settled();
    expect([admission.waiting, admission.waitingForPlace]).toEqual([2, 0]);
    void enter(modest, 'modest');
    void enter(late, 'late');
    await settled();
    expect([admission.waiting, admission.waitingForPlace]).toEqual([3, 3]);
  });

  it('lets clients in in turn where all places are taken', async () => {
    const { enter, leave, names } = setUp({ places: 1, perClient: 1 });
    const [one, two] = [{}, {}];
    for (let i = 0; i < 3; i++) void enter(one, `one ${i}`);
    void enter(two, 'two');
    await settled();
    await leave('one 0');
    await leave('one 1');
    expect(names()).toEqual(['two']);
  });

  it('gives those who use much a few places only, and the others the rest', async () => {
    const { enter, leave, names, state } = setUp();
    const costly = [{}, {}, {}];
    for (const [i, client] of costly.entries()) void enter(client, `first ${i}`);
    await settled();
    state.nowMs += 1_000;
    for (const i of costly.keys()) await leave(`first ${i}`);
    for (const [i, client] of costly.entries()) void enter(client, `costly ${i}`);
    for (let i = 0; i < 3; i++) void enter({}, `cheap ${i}`);
    await settled();
    expect(names()).toEqual(['costly 0', 'cheap 0', 'cheap 1', 'cheap 2']);
    await leave('cheap 0');
    expect(names()).not.toContain('costly 1');
    state.nowMs += 1_500;
    await leave('costly 0');
    expect(names()).toContain('costly 1');
  });

  it('lets costly clients leave a place for as long as they had it while others are there', async () => {
    const { enter, leave, names, state, later } = setUp();
    const [one, two] = [{}, {}];
    for (const client of [one, two]) {
      void enter(client, 'first');
      await settled();
      state.nowMs += 1_000;
      await leave('first');
    }
    void enter(one, 'costly');
    void enter(two, 'next');
    void enter({}, 'modest');
    await settled();
    state.nowMs += 80;
    await leave('costly');
    expect([names(), later.map(({ ms }) => ms)]).toEqual([['modest'], [80]]);
    later[0]?.callback();
    await settled();
    expect(names()).toEqual(['modest', 'next']);
  });

  it('forgets after a while that a client has used much', async () => {
    const { enter, leave, names, state } = setUp();
    const [client, other] = [{}, {}];
    void enter(client, 'long');
    await settled();
    state.nowMs += 1_000;
    await leave('long');
    state.nowMs += 60_000;
    void enter(client, 'a');
    void enter(other, 'b');
    void enter(client, 'c');
    await settled();
    expect(names()).toEqual(['a', 'b', 'c']);
  });

  it('lets a new client be a costly one soon: coming again does not pay', async () => {
    const { enter, leave, names, state } = setUp();
    for (const name of ['first', 'second']) {
      const client = {};
      void enter(client, name);
      await settled();
      state.nowMs += 50;
      await leave(name);
      void enter(client, `${name} again`);
    }
    await settled();
    expect(names()).toEqual(['first again']);
  });

  it('lets a new client do one thing until it is known what it uses', async () => {
    const { enter, leave, names } = setUp();
    const [client, other] = [{}, {}];
    for (let i = 0; i < 3; i++) void enter(client, `new ${i}`);
    void enter(other, 'other');
    await settled();
    expect(names()).toEqual(['new 0', 'other']);
    await leave('new 0');
    expect(names()).toEqual(['other', 'new 1', 'new 2']);
  });

  it('counts what has not ended yet', async () => {
    const { enter, enterAndLeave, names, state } = setUp({ places: 6 });
    const [one, two] = [{}, {}];
    for (const client of [one, two]) await enterAndLeave(client);
    state.nowMs += 60_000;
    for (const client of [one, two]) void enter(client, 'running');
    await settled();
    state.nowMs += 300;
    for (const client of [one, two]) void enter(client, 'next');
    await settled();
    expect(names()).toEqual(['running', 'running', 'next']);
  });

  it('lets few in after a loss, and one more with each that was served', async () => {
    const { admission, enter, leave, names } = setUp({ places: 4 });
    admission.slowStart();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) void enter({}, name);
    await settled();
    expect(names()).toEqual(['a', 'b']);
    await leave('a');
    expect(names()).toEqual(['b', 'c', 'd']);
    await leave('b');
    expect(names()).toEqual(['c', 'd', 'e', 'f']);
  });

  it('does not count to a client what it has waited for a loss to be over', async () => {
    const { admission, enter, enterAndLeave, leave, names, state } = setUp({ places: 4 });
    const clients = [{}, {}];
    for (const client of clients) await enterAndLeave(client);
    for (const client of clients) void enter(client, 'during');
    await settled();
    state.nowMs += 3_000;
    admission.slowStart();
    state.nowMs += 5;
    for (const _ of clients) await leave('during');
    for (const client of clients) void enter(client, 'after');
    await settled();
    expect(names()).toEqual(['after', 'after']);
  });

  it('goes on slowly where what was let in fails', async () => {
    const { admission, enter, names } = setUp({ places: 4 });
    admission.slowStart();
    const failing = { lane: {}, onCancel: never };
    await expect(admission.run(failing, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    for (const name of ['a', 'b', 'c']) void enter({}, name);
    await settled();
    expect(names()).toEqual(['a', 'b']);
  });

  it('lets in who has used least first, also where everybody has used much', async () => {
    const { enter, leave, names, state } = setUp();
    const [heavy, light] = [{}, {}];
    for (const [client, ms] of [
      [heavy, 1_500],
      [light, 500],
    ] as const) {
      void enter(client, 'first');
      await settled();
      state.nowMs += ms;
      await leave('first');
    }
    for (let i = 0; i < 3; i++) void enter(heavy, `heavy ${i}`);
    void enter(light, 'light');
    await settled();
    expect(names()).toEqual(['heavy 0']);
    state.nowMs += 1_500;
    await leave('heavy 0');
    expect(names()).toEqual(['light']);
  });

  it('forgets who waits and is cancelled', async () => {
    const { admission, enter, leave, names } = setUp({ places: 1 });
    void enter({}, 'inside');
    const cancels: (() => void)[] = [];
    const gone = enter({}, 'gone', (tell) => {
      cancels.push(tell);
      return () => undefined;
    });
    void enter({}, 'next');
    for (const cancel of cancels) cancel();
    await expect(gone).rejects.toBe(CANCELLED);
    expect(admission.waiting).toBe(1);
    await leave('inside');
    expect(names()).toEqual(['next']);
  });

  it('gives a place back where the work fails', async () => {
    const { admission, enter, names } = setUp({ places: 1 });
    await expect(
      admission.run({ lane: {}, onCancel: never }, () => Promise.reject(new Error('x'))),
    ).rejects.toThrow('x');
    void enter({}, 'next');
    await settled();
    expect(names()).toEqual(['next']);
  });
});
