import { describe, expect, it } from 'vitest';
import { someEdge } from '../../../support/some-edge.ts';
import { someStored } from '../../../support/stored-event.ts';

const ACCEPTED = { accepted: true, message: '' };
const UNKNOWN = {
  accepted: false,
  message: 'error: the origin did not answer in time, the event may or may not be stored',
};
const NOT_SENT = {
  accepted: false,
  message: 'error: the origin did not take it in time, the event was not sent to it',
};
/** More than may be without an answer. */
const MANY = 130;

type SomeEdge = Awaited<ReturnType<typeof someEdge>>;

/** Ids of the events that have reached the origin, in order. */
function handedIn({ memory }: Pick<SomeEdge, 'memory'>): string[] {
  return memory.received
    .filter(([type]) => type === 'EVENT')
    .map(([, event]) => (event as { readonly id: string }).id);
}

/** Lets the edge send what it was given. */
function sending(): Promise<void> {
  return new Promise(setImmediate);
}

/** Lets an origin whose messages are held read everything that has been sent. */
async function readAll({ memory }: Pick<SomeEdge, 'memory'>): Promise<void> {
  await sending();
  while (await memory.takeUp());
}

/** The connection is lost and opened again. */
function blink({ memory }: Pick<SomeEdge, 'memory'>): void {
  memory.cut();
  memory.isHeld = false;
}

describe('events on their way to the origin', () => {
  it('are handed in once more where the connection was lost, and the origin has not got them', async () => {
    const edge = await someEdge();
    edge.memory.isHeld = true;
    const event = someStored();
    const answer = edge.origin.publish(event);
    await sending();
    // Nobody has read it.
    blink(edge);
    expect(await answer).toEqual(ACCEPTED);
    expect(handedIn(edge)).toEqual([event.id]);
    expect(edge.told).toEqual([event.id]);
  });

  it('are acknowledged as new where the origin had stored them before the connection was lost', async () => {
    const edge = await someEdge();
    edge.memory.isHeld = true;
    const event = someStored({ created_at: 990 });
    const answer = edge.origin.publish(event);
    await readAll(edge);
    blink(edge);
    expect(await answer).toEqual(ACCEPTED);
    expect(handedIn(edge)).toEqual([event.id, event.id]);
    expect(edge.told).toEqual([event.id]);
  });

  it('are all stored over a blink of the connection', async () => {
    const edge = await someEdge();
    edge.memory.isHeld = true;
    const events = Array.from({ length: MANY }, () => someStored());
    const answers = events.map((event) => edge.origin.publish(event));
    await readAll(edge);
    blink(edge);
    expect(await Promise.all(answers)).toEqual(events.map(() => ACCEPTED));
    expect(edge.memory.store.usage().events).toBe(MANY);
  });

  it('are not handed in twice where the origin does not keep them', async () => {
    const edge = await someEdge();
    edge.memory.isHeld = true;
    const answer = edge.origin.publish(someStored({ kind: 20_001 }));
    await readAll(edge);
    blink(edge);
    expect(await answer).toEqual(UNKNOWN);
    expect(handedIn(edge)).toHaveLength(1);
  });

  it('leave a part to others, and are not said to be stored where they were not sent', async () => {
    const edge = await someEdge({ times: { writeMs: 200 } });
    edge.memory.isHeld = true;
    const answers = Array.from({ length: MANY }, () => edge.origin.publish(someStored()));
    await readAll(edge);
    const sent = handedIn(edge).length;
    expect(sent).toBe(128);
    expect(await Promise.all(answers)).toEqual([
      ...Array.from({ length: sent }, () => UNKNOWN),
      ...Array.from({ length: MANY - sent }, () => NOT_SENT),
    ]);
  });

  it('may be stored where the origin does not come back', async () => {
    const edge = await someEdge({ times: { writeMs: 200 } });
    edge.memory.isHeld = true;
    const lost = edge.origin.publish(someStored());
    await sending();
    edge.memory.isAway = true;
    edge.memory.cut();
    expect(await lost).toEqual(UNKNOWN);
  });

  it('are given up when the edge goes down', async () => {
    const edge = await someEdge();
    edge.memory.isHeld = true;
    const event = someStored();
    const lost = edge.origin.publish(event);
    await sending();
    edge.memory.isAway = true;
    edge.memory.cut();
    await sending();
    edge.origin.close();
    expect(await lost).toEqual(UNKNOWN);
  });
});
