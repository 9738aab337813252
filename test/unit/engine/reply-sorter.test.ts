import { beforeEach, describe, expect, it } from 'vitest';
import { ReplySorter } from '../../../src/engine/worker/reply-sorter.ts';
import { routeFrame } from '../../../src/wire/reply-router.ts';
import type { Claims, OkOwner, SubscriptionOwner } from '../../../src/workload/worker-part.ts';
import { FakeSink } from '../../support/fake-sink.ts';

const ID = '0123456789abcdef'.repeat(4);

let sink: FakeSink;
let sorter: ReplySorter;
let calls: unknown[];

beforeEach(() => {
  sink = new FakeSink();
  sorter = new ReplySorter({ recorder: sink, acknowledged: null, currentPhase: () => 0 });
  calls = [];
});

/** An owner that answers `isMine` to everything. */
function owner(name: string, isMine = true): SubscriptionOwner & OkOwner {
  const call =
    (method: string) =>
    (...values: unknown[]): boolean => {
      calls.push([name, method, ...values.filter((value) => typeof value !== 'object')]);
      return isMine;
    };
  return {
    onEvent: call('event'),
    onEose: call('eose'),
    onClosed: call('closed'),
    onAccepted: call('accepted'),
    onOk: call('ok'),
  };
}

function claim(letter: string, isNumbered: boolean, of: SubscriptionOwner): Claims {
  return { subscriptions: [{ letter, isNumbered, owner: of }], oks: [] };
}

function receive(...frames: readonly unknown[]): void {
  for (const frame of frames) routeFrame(3, Buffer.from(JSON.stringify(frame)), sorter);
}

describe('ReplySorter', () => {
  it('hands a reply to whoever claims its letter', () => {
    sorter.use([claim('a', true, owner('one')), claim('b', false, owner('two'))]);
    receive(['EOSE', 'a0000002a'], ['EOSE', 'b'], ['CLOSED', 'a00000001', 'error: no']);
    expect(calls).toEqual([
      ['one', 'eose', 3, 42],
      ['two', 'eose', 3, -2],
      ['one', 'closed', 3, 1, 'error'],
    ]);
    expect(sink.counts).toEqual({});
  });

  it('counts as stray what its owner does not wait for, and what nobody claims', () => {
    sorter.use([claim('a', true, owner('one', false))]);
    receive(
      ['EOSE', 'a00000001'],
      ['EOSE', 'a'],
      ['EOSE', 'c00000001'],
      ['COUNT', 'a00000001', { count: 1 }],
    );
    expect(sink.counts).toEqual({ 'stray_frames/0': 4 });
  });

  it('counts a reconciliation that nobody understands as malformed', () => {
    sorter.use([claim('a', true, owner('one'))]);
    receive(['NEG-MSG', 'a00000001', '61']);
    expect(sink.counts).toEqual({ 'malformed_frames/0': 1 });
  });

  it('asks the owners of events one after the other', () => {
    const claims = [owner('one', false), owner('two'), owner('three')];
    sorter.use([{ subscriptions: [], oks: claims }]);
    receive(['OK', ID, true, ''], ['OK', ID, false, 'blocked: no']);
    expect(calls.map((call) => (call as unknown[]).slice(0, 2))).toEqual([
      ['one', 'accepted'],
      ['two', 'accepted'],
      ['one', 'ok'],
      ['two', 'ok'],
    ]);
  });

  it('tells challenges to everybody who asks for them', () => {
    const challenges: string[] = [];
    sorter.use([{ subscriptions: [], oks: [], onAuth: (_, challenge) => challenges.push(challenge) }]);
    receive(['AUTH', 'abc']);
    expect(challenges).toEqual(['abc']);
  });

  it('refuses two owners of one letter', () => {
    expect(() => sorter.use([claim('a', true, owner('one')), claim('a', true, owner('two'))])).toThrow(
      'letter a',
    );
  });

  it('forgets earlier claims', () => {
    sorter.use([claim('a', true, owner('one'))]);
    sorter.use([]);
    receive(['EOSE', 'a00000001']);
    expect(sink.counts).toEqual({ 'stray_frames/0': 1 });
  });
});
