import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../../src/nostr/filter.ts';
import { eventually } from '../../../support/eventually.ts';
import type { MemoryOrigin } from '../../../support/memory-origin.ts';
import { someEdge } from '../../../support/some-edge.ts';
import { someEvent, stored } from '../../../support/stored-event.ts';

/** An edge that was connected, and whose origin takes events while it is not. */
async function afterGap(times: Parameters<typeof someEdge>[0] = {}) {
  const edge = await someEdge(times);
  const { memory, origin } = edge;
  const leave = (): void => {
    memory.isAway = true;
    memory.cut();
  };
  const comeBack = async (): Promise<void> => {
    memory.isAway = false;
    await eventually('the origin is back', () => origin.isLive, { everyMs: 1 });
  };
  return { ...edge, leave, comeBack };
}

/** From which second on the edge has asked last. */
function lastSince({ received }: MemoryOrigin): unknown {
  return (received.findLast(([type]) => type === 'REQ')?.[2] as Filter | undefined)?.since;
}

describe('the origin of an edge', () => {
  it('tells of every event once', async () => {
    const { memory, told, quiet } = await someEdge();
    const events = [someEvent(), someEvent({ kind: 20_001 })];
    for (const event of [...events, ...events]) memory.tell(event);
    await quiet();
    expect(told).toEqual(events.map(({ id }) => id));
  });

  it('tells after a gap what was missed, oldest first and nothing else', async () => {
    const { memory, origin, told, quiet, leave, comeBack } = await afterGap();
    const recent = (created_at: number) => someEvent({ created_at });
    const [before, second, first] = [recent(990), recent(996), recent(995)];
    await memory.publish(before);
    await quiet();
    leave();
    await memory.publish(second);
    await memory.publish(first);
    await comeBack();
    expect(told).toEqual([before.id, first.id, second.id]);
    expect([origin.losses, origin.caughtUp]).toEqual([1, 2]);
  });

  it('does not tell of what was there before it was connected', async () => {
    const { told, leave, comeBack } = await afterGap({ before: [someEvent({ created_at: 990 })] });
    leave();
    await comeBack();
    expect(told).toEqual([]);
  });

  it('finds what was missed in as many answers as it takes', async () => {
    const { memory, told, leave, comeBack } = await afterGap({ maxLimit: 3 });
    leave();
    const events = Array.from({ length: 20 }, (_, i) => someEvent({ created_at: 950 + Math.floor(i / 2) }));
    for (const event of events) await memory.publish(event);
    await comeBack();
    expect([...told].sort()).toEqual(events.map(({ id }) => id).sort());
  });

  it('gives the OK of the origin, word by word', async () => {
    const { memory, origin, told } = await someEdge();
    const event = stored(someEvent());
    expect(await origin.publish(event)).toEqual({ accepted: true, message: '' });
    expect(told).toEqual([event.id]);
    memory.verdict = () => [false, 'rate-limited: "slowly"'];
    expect(await origin.publish(stored(someEvent()))).toEqual({
      accepted: false,
      message: 'rate-limited: "slowly"',
    });
  });

  it('hands in once what two have at once', async () => {
    const { memory, origin } = await someEdge();
    const event = stored(someEvent());
    const answers = await Promise.all([origin.publish(event), origin.publish(event)]);
    expect(answers).toEqual([
      { accepted: true, message: '' },
      { accepted: true, message: '' },
    ]);
    expect(memory.received.filter(([type]) => type === 'EVENT')).toHaveLength(1);
  });

  it('refuses an event while it is away', async () => {
    const { origin, leave } = await afterGap();
    leave();
    expect(await origin.publish(stored(someEvent()))).toEqual({
      accepted: false,
      message: 'error: the origin cannot be reached, the event was not sent to it',
    });
  });

  it('is lost when it gives no sign of life', async () => {
    const { memory, origin, log } = await someEdge({ times: { beatMs: 1, silenceMs: 30 } });
    memory.isSilent = true;
    await eventually('it is lost', () => !origin.isLive, { everyMs: 5 });
    expect(log[0]).toBe('the origin has failed: no sign of life for 30 ms');
    memory.isSilent = false;
    memory.flow();
    await eventually('it is back', () => origin.isLive, { everyMs: 5 });
    expect(log).toContain('the origin works again');
    origin.close();
  });

  it('is not lost while it says something, however late it answers a ping', async () => {
    const { memory, origin } = await someEdge({ times: { beatMs: 1, silenceMs: 30 } });
    memory.ignoresPings = true;
    for (let i = 0; i < 30; i++) {
      memory.tell(someEvent());
      await delay(5);
    }
    expect([origin.isLive, origin.losses]).toEqual([true, 0]);
    origin.close();
  });

  it('is as fresh as the last ping that it has answered, whatever it says', async () => {
    const { memory, origin, quiet } = await someEdge();
    const ageMs = origin.ageMs;
    await delay(20);
    memory.tell(someEvent());
    await quiet();
    expect(origin.ageMs).toBeGreaterThan(ageMs + 10);
  });

  describe('that is slow to say what was made lately', () => {
    /** An edge that has come back, and waits for the answer to what was made in the gap. */
    async function whileFinding() {
      const edge = await afterGap({ times: { recentMs: 10 } });
      const { memory, origin, clock } = edge;
      edge.leave();
      clock.seconds = 1_100;
      const missed = someEvent({ created_at: 995 });
      await memory.publish(missed);
      memory.isHeld = true;
      memory.isAway = false;
      const isAsked = (): boolean => memory.received.at(-1)?.[0] === 'REQ' && lastSince(memory) === 940;
      memory.received.length = 0;
      await eventually(
        'it is asked what was made lately',
        async () => {
          while (memory.send() || memory.arrive());
          await memory.takeUp();
          return isAsked();
        },
        { everyMs: 1 },
      );
      await eventually('the origin is back', () => origin.isLive, { everyMs: 1 });
      return { ...edge, missed };
    }

    it('is asked for other things meanwhile, and what was missed is told when it comes', async () => {
      const { memory, origin, told, missed } = await whileFinding();
      expect(told).toEqual([]);
      memory.isHeld = false;
      memory.flow();
      await eventually('it is told', () => told.length > 0, { everyMs: 1 });
      expect([told, origin.caughtUp, origin.losses]).toEqual([[missed.id], 1, 1]);
    });

    it('is asked for that again where the connection is lost before', async () => {
      const { memory, origin, told, missed } = await whileFinding();
      memory.cut();
      memory.isHeld = false;
      await eventually('the origin is back', () => origin.isLive, { everyMs: 1 });
      await eventually('it is told', () => told.length > 0, { everyMs: 1 });
      expect([told, lastSince(memory)]).toEqual([[missed.id], 940]);
    });
  });

  it('is tried again where it says nothing of itself at first', async () => {
    const { memory, origin, log } = await someEdge({ failedInformations: 1 });
    await eventually('the origin is there', () => origin.isLive, { everyMs: 1 });
    expect(log).toEqual(['the origin has failed: no document', 'the origin works again']);
    expect(memory.received.filter(([, id]) => id === 'live')).toHaveLength(2);
  });

  it('is tried again where it is away at the start', async () => {
    const { origin, leave, comeBack, ids, memory } = await afterGap();
    leave();
    await comeBack();
    const event = someEvent();
    await memory.publish(event);
    expect(await ids({ kinds: [1] })).toEqual([event.id]);
    origin.close();
    await expect(ids({ kinds: [7] })).rejects.toThrow('the origin cannot be reached');
  });
});
