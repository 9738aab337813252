import { describe, expect, it } from 'vitest';
import { eventId, type NostrEvent } from '../../../../src/nostr/event.ts';
import { FanOut } from '../../../../src/relay/fanout/fan-out.ts';
import { DEFAULT_LIMITS, type RelayLimits } from '../../../../src/relay/limits/limits.ts';
import { RelayStats } from '../../../../src/relay/metrics/stats.ts';
import { Ingest, type IngestParts, type Publisher } from '../../../../src/relay/protocol/ingest.ts';
import { MemoryStore } from '../../../../src/relay/store/memory-store.ts';
import type { StoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { notAnswered, notAsked } from '../../../../src/relay/store/unavailable.ts';
import type { Verdict } from '../../../../src/relay/verify/verifier.ts';
import { manualTurns, settled, somePublisher, someSender } from '../../../support/relay-work.ts';
import { someEvent } from '../../../support/stored-event.ts';

const NOW = 1_000;

/** A fan-out that notes what it was given, in one log with the store. */
class LoggingFanOut extends FanOut {
  readonly log: string[];

  constructor(log: string[]) {
    super();
    this.log = log;
  }

  override publish(event: StoredEvent): number {
    this.log.push(`publish ${event.id}`);
    return 0;
  }
}

class LoggingStore extends MemoryStore {
  readonly log: string[];

  constructor(log: string[]) {
    super({ limitBytes: 1e9, nowSeconds: () => NOW });
    this.log = log;
  }

  override async add(event: StoredEvent): ReturnType<MemoryStore['add']> {
    const outcome = await super.add(event);
    this.log.push(`${outcome} ${event.id}`);
    return outcome;
  }
}

function setUp(
  verify: (event: NostrEvent) => Promise<Verdict> = async () => 'valid',
  limits: Partial<RelayLimits> = {},
  forward: IngestParts['forward'] = null,
) {
  const log: string[] = [];
  const errors: unknown[] = [];
  const stats = new RelayStats();
  const store = new LoggingStore(log);
  let verifications = 0;
  const ingest = new Ingest({
    store,
    verifier: {
      verify: (event) => {
        verifications++;
        return verify(event);
      },
      queueDepth: 0,
      close: async () => undefined,
    },
    fanOut: new LoggingFanOut(log),
    limits: { ...DEFAULT_LIMITS, maxEventTags: 3, ...limits },
    stats,
    nowSeconds: () => NOW,
    hosts: new Set(['relay.example']),
    onError: (error) => errors.push(error),
    forward,
  });
  const publish = (event: NostrEvent, pubkeys: readonly string[] = [], more: Partial<Publisher> = {}) =>
    ingest.publish(event, { ...somePublisher(...pubkeys), ...more });
  const subject = {
    publish,
    idle: () => ingest.idle(),
    get inFlight() {
      return ingest.inFlight;
    },
  };
  return { ingest: subject, store, stats, log, errors, verifications: () => verifications };
}

/** An event with the id that its fields hash to. */
function valid(fields: Partial<NostrEvent> = {}): NostrEvent {
  const event = someEvent(fields);
  return { ...event, id: eventId(event) };
}

describe('the way of an event into the relay', () => {
  it.each([
    [notAsked, 'error: the database cannot be reached, try again later'],
    [notAnswered, 'error: the database did not answer in time, the event may or may not be stored'],
  ])('says that the database is away, and leaves the log alone', async (failure, message) => {
    const { ingest, store, log, errors } = setUp();
    store.add = () => Promise.reject(failure());
    expect(await ingest.publish(valid())).toEqual({ accepted: false, message });
    expect([log, errors]).toEqual([[], []]);
  });

  it('stores first and publishes then', async () => {
    const { ingest, log, stats } = setUp();
    const event = valid();
    expect(await ingest.publish(event)).toEqual({ accepted: true, message: '' });
    expect(log).toEqual([`stored ${event.id}`, `publish ${event.id}`]);
    expect(stats.events.stored).toBe(1);
  });

  it('publishes an ephemeral event without storing it', async () => {
    const { ingest, log } = setUp();
    const event = valid({ kind: 20_001, tags: [['expiration', '1']] });
    expect(await ingest.publish(event)).toEqual({ accepted: true, message: '' });
    expect(log).toEqual([`publish ${event.id}`]);
  });

  it('answers a duplicate without verifying or publishing it again', async () => {
    const { ingest, log, verifications } = setUp();
    const event = valid();
    await ingest.publish(event);
    expect(await ingest.publish(event)).toEqual({
      accepted: true,
      message: 'duplicate: already have this event',
    });
    expect([log.length, verifications()]).toEqual([2, 1]);
  });

  it('publishes an event once that comes twice at the same time', async () => {
    const { ingest, log } = setUp();
    const event = valid();
    const answers = await Promise.all([ingest.publish(event), ingest.publish(event)]);
    expect(answers.map(({ accepted }) => accepted)).toEqual([true, true]);
    expect(log.filter((line) => line.startsWith('publish'))).toHaveLength(1);
  });

  it.each([
    [
      'an id that is not the hash',
      { ...valid(), content: 'changed' },
      'invalid: id is not the hash of the event',
    ],
    ['too many tags', valid({ tags: [['a'], ['b'], ['c'], ['d']] }), 'invalid: more than 3 tags'],
    [
      'an expiration that is over',
      valid({ tags: [['expiration', '1000']] }),
      'invalid: the event has expired',
    ],
    [
      'a time too far ahead',
      valid({ created_at: 99_999 }),
      'invalid: created_at is more than 900 s in the future',
    ],
  ])('refuses %s before it verifies', async (_name, event, message) => {
    const { ingest, log, stats, verifications } = setUp();
    expect(await ingest.publish(event)).toEqual({ accepted: false, message });
    expect([log, verifications(), stats.events.invalid]).toEqual([[], 0, 1]);
  });

  it.each([
    ['invalid', 'invalid: signature does not verify', 'invalid'],
    ['overloaded', 'error: overloaded, try again later', 'overloaded'],
  ] as const)('neither stores nor publishes when the verdict is %s', async (verdict, message, outcome) => {
    const { ingest, log, stats } = setUp(async () => verdict);
    expect(await ingest.publish(valid())).toEqual({ accepted: false, message });
    expect([log, stats.events[outcome]]).toEqual([[], 1]);
  });

  it.each([
    [
      'an older version',
      [valid({ kind: 10_002, created_at: 2 }), valid({ kind: 10_002, created_at: 1 })],
      'duplicate: a newer version is stored',
    ],
  ] as const)('refuses %s and does not publish it', async (_name, [first, second], message) => {
    const { ingest, log } = setUp();
    await ingest.publish(first);
    expect(await ingest.publish(second)).toEqual({ accepted: false, message });
    expect(log).not.toContain(`publish ${second.id}`);
  });

  it('refuses what its author has deleted', async () => {
    const { ingest } = setUp();
    const event = valid();
    await ingest.publish(valid({ kind: 5, tags: [['e', event.id]] }));
    expect(await ingest.publish(event)).toEqual({
      accepted: false,
      message: 'blocked: this event was deleted',
    });
  });

  it.each([
    ['its own', { accepted: true, message: '' }],
    ['no', { accepted: false, message: 'auth-required: a protected event is accepted from its author only' }],
    [
      'another',
      { accepted: false, message: 'restricted: a protected event is accepted from its author only' },
    ],
  ])('accepts a protected event from a client that has authenticated %s key', async (whose, answer) => {
    const { ingest } = setUp();
    const event = valid({ tags: [['-']] });
    const pubkeys = whose === 'no' ? [] : [whose === 'another' ? 'b'.repeat(64) : event.pubkey];
    expect(await ingest.publish(event, pubkeys)).toEqual(answer);
  });

  it('refuses a repost of a protected event', async () => {
    const { ingest } = setUp();
    const content = JSON.stringify(valid({ tags: [['-']] }));
    expect(await ingest.publish(valid({ kind: 6, content }))).toEqual({
      accepted: false,
      message: 'blocked: the event repeats a protected one',
    });
    expect((await ingest.publish(valid({ kind: 6, content: JSON.stringify(valid()) }))).accepted).toBe(true);
  });

  it('neither stores nor publishes an authentication', async () => {
    const { ingest, log } = setUp();
    expect((await ingest.publish(valid({ kind: 22_242 }))).message).toMatch(/^invalid: /);
    expect(log).toEqual([]);
  });

  it('asks for work before it verifies', async () => {
    const { ingest, verifications } = setUp(undefined, { minPowDifficulty: 255 });
    expect((await ingest.publish(valid())).message).toMatch(/^pow: difficulty \d is less than 255$/);
    expect(verifications()).toBe(0);
  });

  it('obeys a request to vanish and keeps the request', async () => {
    const { ingest, store } = setUp();
    const events = [
      valid({ created_at: 5 }),
      valid({ created_at: 6, kind: 5, tags: [['e', '0'.repeat(64)]] }),
      valid({ created_at: 8 }),
    ];
    for (const event of events) await ingest.publish(event);
    const request = valid({ created_at: 7, kind: 62, tags: [['relay', 'wss://relay.example/']] });
    expect((await ingest.publish(request)).accepted).toBe(true);
    expect((await store.query([{ limit: 9 }])).map(({ id }) => id)).toEqual([events[2]?.id, request.id]);
    expect(await ingest.publish(valid({ created_at: 7 }))).toEqual({
      accepted: false,
      message: 'blocked: this event was deleted',
    });
  });

  it('does not obey a request to vanish from another relay', async () => {
    const { ingest, store } = setUp();
    await ingest.publish(valid({ created_at: 5 }));
    await ingest.publish(valid({ created_at: 7, kind: 62, tags: [['relay', 'wss://other.example/']] }));
    expect(await store.count([{}])).toBe(2);
  });

  it('answers error without details when the verifier fails, and goes on', async () => {
    let isBroken = true;
    const failure = new Error('secret detail');
    const { ingest, errors, stats } = setUp(async () => {
      if (isBroken) throw failure;
      return 'valid';
    });
    const answer = await ingest.publish(valid());
    expect(answer.accepted).toBe(false);
    expect(answer.message).toMatch(/^error: /);
    expect(answer.message).not.toContain('secret');
    expect([errors, stats.events.error, ingest.inFlight]).toEqual([[failure], 1, 0]);
    isBroken = false;
    expect((await ingest.publish(valid())).accepted).toBe(true);
  });

  it('holds a verified event against its sender until it is the turn of its client', async () => {
    const { turns, turn, state } = manualTurns();
    const [lane, sender] = [turns.lane(), someSender()];
    // It has used more than its share, and has to wait.
    for (let i = 0; i < 3; i++) lane.receive(() => (state.nowMs += 30), undefined);
    const { ingest, log } = setUp();
    const answer = ingest.publish(valid({ content: 'x'.repeat(65_000) }), [], { lane, sender });
    await settled();
    expect([log, sender.isBehind]).toEqual([[], true]);
    while (await turn());
    expect(await answer).toMatchObject({ accepted: true });
    expect(sender.isBehind).toBe(false);
  });

  it.each([
    ['', true, 'stored'],
    ['duplicate: have it', true, 'duplicate'],
    ['duplicate: a newer one', false, 'superseded'],
    ['blocked: deleted', false, 'deleted'],
    ['restricted: no', false, 'restricted'],
    ['no prefix', false, 'error'],
  ] as const)('gives the answer of another relay that decides: %j %s', async (message, accepted, outcome) => {
    const forwarded: string[] = [];
    const { ingest, stats, log } = setUp(undefined, {}, async ({ id }) => {
      forwarded.push(id);
      return { accepted, message };
    });
    const event = valid();
    expect(await ingest.publish(event)).toEqual({ accepted, message });
    expect([forwarded, log, stats.events[outcome]]).toEqual([[event.id], [], 1]);
  });

  it('does not hand on what does not verify', async () => {
    const { ingest } = setUp(
      async () => 'invalid',
      {},
      () => Promise.reject(new Error('handed on')),
    );
    expect(await ingest.publish(valid())).toMatchObject({ accepted: false });
  });

  it('is idle when every event is answered', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { ingest } = setUp(async () => {
      await gate;
      return 'valid';
    });
    await ingest.idle();
    const answers = [ingest.publish(valid()), ingest.publish(valid({ content: 'b' }))];
    expect(ingest.inFlight).toBe(2);
    let isIdle = false;
    const idle = ingest.idle().then(() => {
      isIdle = true;
    });
    await Promise.resolve();
    expect(isIdle).toBe(false);
    release();
    await Promise.all([...answers, idle]);
    expect(ingest.inFlight).toBe(0);
  });
});
