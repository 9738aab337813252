import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Backlogs } from '../../../../src/relay/fanout/backlogs.ts';
import type { EncodedEvent } from '../../../../src/relay/fanout/encoded-event.ts';
import { FanOut } from '../../../../src/relay/fanout/fan-out.ts';
import { FlushQueue } from '../../../../src/relay/fanout/flush-queue.ts';
import { Outbox } from '../../../../src/relay/fanout/outbox.ts';
import { Budgets } from '../../../../src/relay/limits/budgets.ts';
import { FilterMemory } from '../../../../src/relay/limits/filter-memory.ts';
import { DEFAULT_LIMITS } from '../../../../src/relay/limits/limits.ts';
import { RelayStats } from '../../../../src/relay/metrics/stats.ts';
import { Ingest } from '../../../../src/relay/protocol/ingest.ts';
import { Session } from '../../../../src/relay/protocol/session.ts';
import { MemoryStore } from '../../../../src/relay/store/memory-store.ts';
import { notAsked } from '../../../../src/relay/store/unavailable.ts';
import { trustingVerifier } from '../../../../src/relay/verify/verifier.ts';
import { someLane, someSender } from '../../../support/relay-work.ts';

/** An outbox that keeps the messages. */
class ListeningOutbox extends Outbox {
  readonly messages: unknown[] = [];

  override sendText(text: string): void {
    this.messages.push(JSON.parse(text));
  }

  override sendEvent(prefix: Uint8Array, event: EncodedEvent): void {
    this.messages.push(JSON.parse(`${Buffer.from(prefix)}${Buffer.from(event.plain)}]`));
  }
}

function setUp(limits = DEFAULT_LIMITS, budgetLimits: Partial<typeof DEFAULT_LIMITS> = {}, readsAtOnce = 4) {
  const nowSeconds = () => 1_000;
  const hosts = new Set(['relay.example']);
  const verifier = trustingVerifier;
  const stats = new RelayStats();
  const store = new MemoryStore({ limitBytes: 1e9, nowSeconds });
  const fanOut = new FanOut();
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const ingest = new Ingest({
    store,
    verifier,
    fanOut,
    limits,
    stats,
    nowSeconds,
    hosts,
    onError,
    forward: null,
  });
  const outbox = new ListeningOutbox({
    socket: new Duplex(),
    compression: null,
    isOpen: () => true,
    flushQueue: new FlushQueue(),
    maxBacklogBytes: 1e9,
    backlogs: new Backlogs(1e9),
    onOverflow: () => undefined,
  });
  const budget = new Budgets({ ...limits, ...budgetLimits }, () => 0).open('here');
  if (budget === null) throw new Error('no budget for the first connection');
  const cuts: string[] = [];
  const filterMemory = new FilterMemory(limits.maxFilterBytesTotal);
  const shared = { ingest, store, fanOut, limits, filterMemory, stats, verifier, hosts, nowSeconds, onError };
  const session = new Session(
    { ...shared, hidesGiftWraps: true, readsAtOnce },
    { outbox, budget, lane: someLane(), sender: someSender(), cut: (reason) => cuts.push(reason) },
  );
  const say = async (...message: readonly unknown[]): Promise<unknown[]> => {
    session.receive(JSON.stringify(message));
    await turn();
    return outbox.messages.splice(0);
  };
  return { session, outbox, say, store, fanOut, stats, errors, cuts };
}

describe('a session', () => {
  it.each(['REQ', 'COUNT', 'NEG-OPEN'])(
    'tells that the database is away where %s needs it, and leaves the log alone',
    async (type) => {
      const { say, store, errors } = setUp();
      const away = () => Promise.reject(notAsked());
      Object.assign(store, { query: away, count: away, list: away });
      const rest = type === 'NEG-OPEN' ? [{}, '61'] : [{}];
      const text = 'error: the database cannot be reached, try again later';
      expect(await say(type, 's', ...rest)).toEqual([
        [type === 'NEG-OPEN' ? 'NEG-ERR' : 'CLOSED', 's', text],
      ]);
      expect(errors).toEqual([]);
    },
  );

  it.each([
    [4, []],
    [6, [['EOSE', 'last']]],
  ])('works on %i questions at once where its backend says so', async (readsAtOnce, answered) => {
    const { say, store } = setUp(DEFAULT_LIMITS, {}, readsAtOnce);
    const read = store.query.bind(store);
    const query: typeof read = (filters, ...rest) =>
      filters[0]?.kinds === undefined ? read(filters, ...rest) : new Promise(() => undefined);
    Object.assign(store, { query });
    for (let i = 0; i < 5; i++) expect(await say('REQ', `${i}`, { kinds: [i] })).toEqual([]);
    expect(await say('REQ', 'last', {})).toEqual(answered);
  });

  it('closes a subscription when the store fails, and says no more than that', async () => {
    const { say, store, fanOut, errors } = setUp();
    const failure = new Error('secret detail');
    store.query = () => Promise.reject(failure);
    expect(await say('REQ', 's', {})).toEqual([['CLOSED', 's', 'error: internal failure']]);
    expect([errors, fanOut.subscriptions]).toEqual([[failure], 0]);
  });

  it('refuses a count when the store fails', async () => {
    const { say, store } = setUp();
    store.count = () => Promise.reject(new Error('x'));
    expect(await say('COUNT', 's', {})).toEqual([['CLOSED', 's', 'error: internal failure']]);
  });

  it('answers only the last of two requests with the same id', async () => {
    const { session, say, fanOut } = setUp();
    session.receive('["REQ","s",{}]');
    expect(await say('REQ', 's', { kinds: [1] })).toEqual([['EOSE', 's']]);
    expect(fanOut.subscriptions).toBe(1);
  });

  it('does not answer a request that is closed at once', async () => {
    const { session, say, fanOut } = setUp();
    session.receive('["REQ","s",{}]');
    expect(await say('CLOSE', 's')).toEqual([]);
    expect(fanOut.subscriptions).toBe(0);
  });

  it('ends an open subscription when the request that replaces it is refused', async () => {
    const { say, fanOut } = setUp();
    await say('REQ', 's', {});
    expect(await say('REQ', 's', { kinds: 'x' })).toEqual([
      ['CLOSED', 's', expect.stringMatching(/^invalid: /)],
    ]);
    expect(fanOut.subscriptions).toBe(0);
  });

  it('replaces a subscription also when no more are allowed', async () => {
    const { say } = setUp({ ...DEFAULT_LIMITS, maxSubscriptions: 1 });
    await say('REQ', 's', {});
    expect(await say('REQ', 's', { kinds: [1] })).toEqual([['EOSE', 's']]);
    expect(await say('REQ', 't', {})).toEqual([['CLOSED', 't', 'error: more than 1 open subscriptions']]);
  });

  it('opens nothing more once the relay stops, and takes events until the connection ends', async () => {
    const { session, say } = setUp();
    await say('REQ', 's', {});
    session.stop();
    const event = {
      id: '1'.repeat(64),
      pubkey: 'a'.repeat(64),
      created_at: 1,
      kind: 1,
      tags: [],
      content: '',
      sig: '0'.repeat(128),
    };
    expect(await say('EVENT', event)).toEqual([
      ['CLOSED', 's', 'error: the relay is shutting down'],
      ['OK', event.id, false, 'invalid: id is not the hash of the event'],
    ]);
    expect(await say('REQ', 't', {})).toEqual([['CLOSED', 't', 'error: the relay is shutting down']]);
  });

  it('ends reconciliations and accepts no others once the relay stops', async () => {
    const { session, say } = setUp();
    await say('NEG-OPEN', 'n', {}, '6100000200');
    session.stop();
    expect(await say('NEG-OPEN', 'm', {}, '6100000200')).toEqual([
      ['NEG-ERR', 'n', 'closed: the relay is shutting down'],
      ['NEG-ERR', 'm', 'error: the relay is shutting down'],
    ]);
  });

  it('tells a new client what it needs to authenticate', async () => {
    const { session, outbox } = setUp();
    session.greet();
    expect(outbox.messages).toEqual([['AUTH', expect.stringMatching(/^.{32,}$/)]]);
  });

  it('frees everything when the client has gone', async () => {
    const { session, say, fanOut } = setUp();
    await say('REQ', 'a', {});
    await say('REQ', 'b', { kinds: [1] });
    session.end();
    expect(fanOut.subscriptions).toBe(0);
  });

  it('answers what it cannot understand with a notice, and counts it', async () => {
    const { say, stats } = setUp();
    expect(await say('NONSENSE')).toEqual([['NOTICE', 'invalid: message type is not supported']]);
    expect(stats.invalidMessages).toBe(1);
  });

  it('refuses filters that would take too much memory, of the connection, and says so', async () => {
    const { say, fanOut } = setUp({ ...DEFAULT_LIMITS, maxFilterBytes: 100_000 });
    const filter = { kinds: Array.from({ length: 500 }, (_, i) => i) };
    expect(await say('REQ', 'a', filter)).toEqual([['EOSE', 'a']]);
    const reason = 'error: the filters of this connection would take more than 100000 bytes of memory';
    expect(await say('REQ', 'b', filter)).toEqual([['CLOSED', 'b', reason]]);
    expect(await say('REQ', 'a', filter)).toEqual([['EOSE', 'a']]);
    await say('CLOSE', 'a');
    expect([await say('REQ', 'b', filter), fanOut.subscriptions]).toEqual([[['EOSE', 'b']], 1]);
  });

  it('ends its largest subscription where all connections together hold too much and it holds most', async () => {
    const { say, fanOut } = setUp({ ...DEFAULT_LIMITS, maxFilterBytesTotal: 100_000 });
    await say('REQ', 'large', { kinds: Array.from({ length: 500 }, (_, i) => i) });
    await say('REQ', 'small', {});
    const kinds = Array.from({ length: 400 }, (_, i) => i);
    const reason = 'error: all filters together take too much memory, and yours take most';
    expect(await say('REQ', 'next', { kinds })).toEqual([
      ['CLOSED', 'large', reason],
      ['EOSE', 'next'],
    ]);
    expect(fanOut.subscriptions).toBe(2);
  });

  it('keeps no more searches open than allowed', async () => {
    const { say } = setUp({ ...DEFAULT_LIMITS, maxLiveSearches: 2 });
    await say('REQ', 'a', { search: 'fox' }, { search: 'dog' });
    expect(await say('REQ', 'b', { search: 'cat' })).toEqual([
      ['CLOSED', 'b', 'error: more than 2 open searches'],
    ]);
    expect(await say('REQ', 'c', {})).toEqual([['EOSE', 'c']]);
    await say('CLOSE', 'a');
    expect(await say('REQ', 'b', { search: 'cat' })).toEqual([['EOSE', 'b']]);
  });

  it.each([
    ['EVENT', ['EVENT', { id: 'x' }], ['OK', 'x', false, 'rate-limited: slow down']],
    ['REQ', ['REQ', 'r', { kinds: 'x' }], ['CLOSED', 'r', 'rate-limited: slow down']],
    ['COUNT', ['COUNT', 'c'], ['CLOSED', 'c', 'rate-limited: slow down']],
    ['NEG-OPEN', ['NEG-OPEN', 'n', {}, 'zz'], ['NEG-ERR', 'n', 'rate-limited: slow down']],
  ])('counts a malformed %s like a good one', async (_type, message, refusal) => {
    const { say } = setUp(DEFAULT_LIMITS, { maxEventsPerS: 1, maxReqsPerS: 1 });
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(...(await say(...message)));
    expect(answers.slice(0, 5).map((answer) => JSON.stringify(answer).includes('invalid: '))).toEqual(
      Array.from({ length: 5 }, () => true),
    );
    expect(answers[5]).toEqual(refusal);
  });

  it('ends the connection of who sends too much that is malformed', async () => {
    const { say, cuts } = setUp(DEFAULT_LIMITS, { maxMalformedPerS: 1 });
    const answers = [];
    for (let i = 0; i < 7; i++) answers.push(...(await say()));
    // The one that is too much is answered as well, for whoever still reads.
    expect([answers.length, cuts.length]).toEqual([7, 2]);
    expect(cuts[0]).toBe('too many messages that are malformed or ask for too much');
  });

  it('does not answer a count that is closed before', async () => {
    const { session, say } = setUp();
    session.receive('["COUNT","c",{}]');
    expect(await say('CLOSE', 'c')).toEqual([]);
  });

  it('answers no more counts at once than subscriptions are allowed', async () => {
    const { session, say } = setUp({ ...DEFAULT_LIMITS, maxSubscriptions: 1 });
    session.receive('["COUNT","a",{}]');
    expect(await say('COUNT', 'b', {})).toEqual([
      ['CLOSED', 'b', 'rate-limited: more than 1 counts at once'],
      ['COUNT', 'a', { count: 0 }],
    ]);
  });

  it('takes the events that a client has sent before it left, and nothing else of it', async () => {
    const { session, say, fanOut } = setUp();
    session.leave();
    expect(await say('REQ', 's', {})).toEqual([]);
    expect(fanOut.subscriptions).toBe(0);
    expect(await say('EVENT', { id: 'x' })).toEqual([]);
  });
});
