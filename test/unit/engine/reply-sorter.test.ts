import { beforeEach, describe, expect, it } from 'vitest';
import { ReplySorter } from '../../../src/engine/worker/reply-sorter.ts';
import type { Held } from '../../../src/nostr/auth-state.ts';
import type { OkReply } from '../../../src/wire/reply-handlers.ts';
import { routeFrame } from '../../../src/wire/reply-router.ts';
import type { Claims, OkOwner, SubscriptionOwner } from '../../../src/workload/worker-part.ts';
import { FakeSink } from '../../support/fake-sink.ts';

const ID = '0123456789abcdef'.repeat(4);
const AUTH_ID = 'ab'.repeat(32);
const AUTH_HIGH = 0xabababab;

let sink: FakeSink;
let sorter: ReplySorter;
let calls: unknown[];
/** What waits until the client has authenticated. */
let waiting: Map<string, Held>;

beforeEach(() => {
  sink = new FakeSink();
  const authentication = {
    onChallenge: (_: number, challenge: string) => challenge !== '',
    hold: (_: number, key: string, held: Held) => void waiting.set(key, held),
    onAccepted: (_: number, high: number) => high === AUTH_HIGH,
    onOk: (_: number, { idHigh }: OkReply) => idHigh === AUTH_HIGH,
  };
  waiting = new Map();
  sorter = new ReplySorter({ recorder: sink, authentication, currentPhase: () => 0 });
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

  it('counts a challenge that nobody can answer as malformed', () => {
    receive(['AUTH', 'abc'], ['AUTH', '']);
    expect(sink.counts).toEqual({ 'malformed_frames/0': 1 });
  });

  it('takes the answer to an AUTH for no stray frame', () => {
    receive(['OK', AUTH_ID, true, ''], ['OK', AUTH_ID, false, 'invalid: no'], ['OK', ID, true, '']);
    expect(sink.counts).toEqual({ 'stray_frames/0': 1 });
  });

  it('holds back what is refused until the client authenticates, where its owner can send it again', () => {
    const held = { again: () => undefined, refuse: () => undefined };
    const [holding, other] = [owner('one'), owner('two')];
    holding.hold = () => held;
    sorter.use([
      { subscriptions: [{ letter: 'a', isNumbered: true, owner: holding }], oks: [holding] },
      claim('b', false, other),
    ]);
    receive(
      ['OK', ID, false, 'auth-required: who?'],
      ['CLOSED', 'a00000007', 'auth-required: who?'],
      ['CLOSED', 'b', 'auth-required: who?'],
    );
    expect([...waiting.values()]).toEqual([held, held]);
    expect(calls).toEqual([['two', 'closed', 3, -2, 'auth-required']]);
  });

  it('holds nothing back that is refused for another reason, or taken', () => {
    const holding = owner('one');
    holding.hold = () => ({ again: () => undefined, refuse: () => undefined });
    sorter.use([{ subscriptions: [], oks: [holding] }]);
    receive(['OK', ID, false, 'restricted: no'], ['OK', ID, true, 'auth-required: not yet']);
    expect(waiting.size).toBe(0);
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
