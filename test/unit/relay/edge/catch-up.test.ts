import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { NostrEvent } from '../../../../src/nostr/event.ts';
import { NegentropyError } from '../../../../src/nostr/negentropy/codec.ts';
import type { Differences } from '../../../../src/nostr/nip77.ts';
import { CatchUp, type CatchUpOptions } from '../../../../src/relay/edge/catch-up.ts';
import { RefusedError, UnansweredError } from '../../../../src/relay/edge/conversation.ts';
import type { StoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { eventually } from '../../../support/eventually.ts';
import { type SomeEdgeOptions, someEdge } from '../../../support/some-edge.ts';
import { someEvent, stored } from '../../../support/stored-event.ts';

/** Long before the gap: nobody who asks for what was made lately finds it. */
const OLD = 100;

/** An edge that has asked for notes and for two reactions by their ids, and whose origin goes and comes back. */
async function overGap(options: SomeEdgeOptions, meanwhile: (edge: SomeEdge) => Promise<unknown>) {
  const kept = someEvent({ created_at: OLD });
  const [single, deleted] = [0, 1].map(() => someEvent({ kind: 7, created_at: OLD })) as [
    NostrEvent,
    NostrEvent,
  ];
  const edge = await someEdge({ ...options, before: [kept, single, deleted] });
  const { ids, memory, origin } = edge;
  await ids({ kinds: [1] });
  await ids({ ids: [single.id] });
  await ids({ ids: [deleted.id] });
  memory.isAway = true;
  memory.cut();
  await memory.publish(someEvent({ kind: 5, created_at: OLD, tags: [['e', deleted.id]] }));
  await meanwhile(edge);
  memory.received.length = 0;
  memory.isAway = false;
  await eventually('the origin is back', () => origin.isLive, { everyMs: 1 });
  return { ...edge, kept, single, deleted };
}

type SomeEdge = Awaited<ReturnType<typeof someEdge>>;

/** What the edge has asked for, by type of message. */
function askedFor({ memory }: Pick<SomeEdge, 'memory'>, type: string): unknown[] {
  return memory.received
    .filter((message) => message[0] === type && message[1] !== 'live')
    .map(([, , what]) => what);
}

describe('an edge that reconciles with its origin after a gap', () => {
  it('tells of what was made long ago and came in the gap', async () => {
    const late = someEvent({ created_at: OLD + 1 });
    const { told, origin, ids, kept } = await overGap({ reconciles: true }, ({ memory }) =>
      memory.publish(late),
    );
    expect(told).toEqual([late.id]);
    expect(origin.caughtUp).toBe(1);
    expect(await ids({ kinds: [1] })).toEqual([late.id, kept.id]);
  });

  it('goes on serving what is still true, and does not fetch it again', async () => {
    const edge = await overGap({ reconciles: true }, () => Promise.resolve());
    const { ids, kept, single, deleted, origin } = edge;
    expect(await ids({ kinds: [1] })).toEqual([kept.id]);
    expect(await ids({ ids: [single.id] })).toEqual([single.id]);
    expect(origin.confirmed).toBe(2);
    expect(askedFor(edge, 'REQ')).toEqual([]);
    expect(await ids({ ids: [deleted.id] })).toEqual([]);
  });

  it('finds more events of one second than the origin returns at once', async () => {
    const events = Array.from({ length: 10 }, () => someEvent({ created_at: 990 }));
    const { told } = await overGap({ reconciles: true, maxLimit: 3 }, async ({ memory }) => {
      for (const event of events) await memory.publish(event);
    });
    expect([...told].sort()).toEqual(events.map(({ id }) => id).sort());
  });

  it('asks for the whole again where the origin does not speak NIP-77, and for single events when they are wanted', async () => {
    const late = someEvent({ created_at: OLD + 1 });
    const edge = await overGap({}, ({ memory }) => memory.publish(late));
    const { told, kept, single, ids } = edge;
    expect(told).toEqual([late.id]);
    expect(askedFor(edge, 'NEG-OPEN')).toEqual([]);
    expect(askedFor(edge, 'REQ')).toEqual([
      { since: 940, limit: 500 },
      { kinds: [1], limit: 500 },
    ]);
    expect(await ids({ kinds: [1] })).toEqual([late.id, kept.id]);
    expect(await ids({ ids: [single.id] })).toEqual([single.id]);
    expect(askedFor(edge, 'REQ')).toHaveLength(3);
  });

  it('holds nothing that there was no time to reconcile', async () => {
    const edge = await overGap({ reconciles: true, times: { compareMs: -1 } }, () => Promise.resolve());
    expect(edge.table.coverages).toBe(0);
    expect(await edge.ids({ kinds: [1] })).toEqual([edge.kept.id]);
  });
});

it('an edge applies what is told from its new subscription on to what it holds again', async () => {
  const kept = someEvent({ created_at: OLD });
  const { memory, origin, ids } = await someEdge({ reconciles: true, before: [kept] });
  expect(await ids({ kinds: [1] })).toEqual([kept.id]);
  memory.isHeld = true;
  memory.received.length = 0;
  memory.cut();
  // The subscription stands, and what was made lately is asked for; what is held is compared only then.
  await eventually(
    'it looks for what it has missed',
    async () => {
      while (memory.send() || memory.arrive());
      await memory.takeUp();
      return memory.received.at(-1)?.[0] === 'NEG-OPEN';
    },
    { everyMs: 1 },
  );
  // The origin tells of a deletion, and answers from a database that does not know it.
  memory.tell(someEvent({ kind: 5, created_at: OLD, tags: [['e', kept.id]] }));
  while (memory.arrive());
  memory.isHeld = false;
  memory.flow();
  await eventually('the origin is back', () => origin.isLive, { everyMs: 1 });
  expect(await ids({ kinds: [1] })).toEqual([]);
});

interface Line {
  readonly budgetMs?: number;
  readonly reconcile: CatchUpOptions['line']['reconcile'];
  readonly answer?: readonly StoredEvent[];
}

function catchUpOn({ reconcile, answer = [], budgetMs = 60_000 }: Line) {
  const asked = { reconciled: 0, questions: 0 };
  const line = {
    reconcile: (...args: Parameters<typeof reconcile>): Promise<Differences> => {
      asked.reconciled++;
      return reconcile(...args);
    },
    ask: (): Promise<readonly StoredEvent[]> => {
      asked.questions++;
      return Promise.resolve(answer);
    },
  };
  return { asked, catchUp: new CatchUp({ line, reconciles: true, maxLimit: 500, budgetMs }) };
}

describe('catching up', () => {
  const event = stored(someEvent({ created_at: OLD }));

  it.each([
    ['refuses', new RefusedError('blocked: too many events'), 2],
    ['does not answer', new UnansweredError('no answer within 2000 ms'), 1],
    ['does not follow the protocol', new NegentropyError('no version byte'), 1],
  ])(
    'asks an origin that %s, and tries again only where another set may do',
    async (_what, error, reconciled) => {
      const { asked, catchUp } = catchUpOn({ reconcile: () => Promise.reject(error), answer: [event] });
      for (let i = 0; i < 2; i++) expect(await catchUp.recent(50, [])).toEqual([event]);
      expect(asked).toEqual({ reconciled, questions: 2 });
    },
  );

  it('forgets what is not compared in time, and keeps the rest', async () => {
    const reconcile: Line['reconcile'] = ({ kinds }) =>
      kinds?.[0] === 1 ? new Promise(() => undefined) : Promise.resolve({ have: new Set(), need: new Set() });
    const { catchUp } = catchUpOn({ reconcile, budgetMs: 100 });
    const [hanging, quick] = [1, 2].map((kind) => ({
      filter: { kinds: [kind] },
      floor: null,
      events: [event],
    }));
    if (hanging === undefined || quick === undefined) throw new Error('nothing held');
    expect(await catchUp.compare([hanging, quick])).toEqual({ confirmed: [quick], missed: [] });
  });

  it('asks for nothing anew when its time is over', async () => {
    const reconcile = async (): Promise<never> => {
      await delay(50);
      throw new RefusedError('blocked: too many events');
    };
    const { catchUp, asked } = catchUpOn({ reconcile, budgetMs: 10 });
    const held = { filter: { kinds: [1] }, floor: null, events: [event] };
    expect(await catchUp.compare([held])).toEqual({ confirmed: [], missed: [] });
    await delay(80);
    expect(asked).toEqual({ reconciled: 1, questions: 0 });
  });

  it('does not hide a fault of its own', async () => {
    const { catchUp } = catchUpOn({ reconcile: () => Promise.reject(new TypeError('x')) });
    await expect(catchUp.recent(50, [])).rejects.toThrow(TypeError);
    await expect(catchUp.compare([{ filter: { kinds: [1] }, floor: null, events: [event] }])).rejects.toThrow(
      TypeError,
    );
  });

  it('takes nothing below the floor of what was held', async () => {
    const below = stored(someEvent({ created_at: OLD - 1 }));
    const reconcile = () => Promise.resolve({ have: new Set<string>(), need: new Set([below.id]) });
    const { catchUp } = catchUpOn({ reconcile, answer: [below] });
    const held = { filter: { kinds: [1] }, floor: event, events: [event] };
    expect(await catchUp.compare([held])).toEqual({ confirmed: [held], missed: [] });
  });
});
