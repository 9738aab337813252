import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { audit } from '../../../src/audit/audit.ts';
import type { Audit } from '../../../src/record/audit-schema.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { eventuallyPasses } from '../../support/eventually.ts';
import { historyFile, madeUpEvent } from '../../support/histories.ts';
import { type PlantedFaults, startPlantedRelays } from '../../support/planted-relays.ts';
import { sampleRecord } from '../../support/sample-record.ts';

// How the audit asks, and what it makes of relays that do not answer.

const EVENTS = Array.from({ length: 250 }, (_, n) => madeUpEvent(n));

interface Reading extends PlantedFaults {
  readonly events?: typeof EVENTS;
  readonly nip11?: RunRecord['target']['nip11'];
  /** Asked besides. */
  readonly further?: readonly string[];
}

/** Reads events back without long waits for a replica that is behind. */
async function readBack({ events = EVENTS, nip11 = null, further = [], ...faults }: Reading): Promise<Audit> {
  const relays = await startPlantedRelays(1, events, faults);
  onTestFinished(() => relays.stop());
  const sample = sampleRecord('pass');
  return await audit({
    file: await historyFile(events.map((event) => ({ event }))),
    record: { ...sample, target: { ...sample.target, nip11 } },
    urls: [...relays.urls, ...further],
    insecure: false,
    isProven: () => true,
    probing: { reason: 'not in this test' },
    timing: { retryAfterMs: [1, 2, 3], patienceMs: 0 },
  });
}

describe('reading back', () => {
  test('asks for no more than the relay says that it returns', async () => {
    const sizes: number[] = [];
    const onQuestion: Reading['onQuestion'] = ({ ids }) => void sizes.push(ids?.length ?? 0);
    const result = await readBack({ nip11: { limitation: { max_limit: 20 } }, cap: 20, onQuestion });
    expect(Math.max(...sizes)).toBe(20);
    expect(result).toMatchObject({ found: 250, lost: [] });
  });

  test('gives a replica that is behind the time to catch up', async () => {
    const [first] = EVENTS;
    const keeps: Reading['keeps'] = (right, _, asked) =>
      asked > 4 ? right : right.filter((each) => each !== first);
    expect(await readBack({ keeps })).toMatchObject({ found: 250, lost: [] });
  });

  test('calls nothing lost before two questions for its one id have missed it', async () => {
    const [seventh, eighth] = EVENTS.slice(7);
    let alone = 0;
    const onQuestion: Reading['onQuestion'] = ({ ids }) => {
      if (ids?.length === 1 && ids[0] === seventh?.id) alone++;
    };
    // The seventh is there for who asks for it alone a second time.
    const keeps: Reading['keeps'] = (right) =>
      right.filter(({ id }) => id !== eighth?.id && (id !== seventh?.id || alone === 2));
    expect(await readBack({ keeps, onQuestion })).toMatchObject({ found: 249, lost: [eighth?.id] });
  });

  test('counts all that are lost and waits for them together, not for each batch', async () => {
    const waits: number[] = [];
    const onQuestion: Reading['onQuestion'] = ({ ids }) => void waits.push(ids?.length ?? 0);
    const result = await readBack({ keeps: (right) => right.slice(200), onQuestion });
    expect(result).toMatchObject({ acknowledged: 250, found: 50 });
    expect(result.lost).toHaveLength(200);
    // Three batches at first; in each of three further rounds the 200 that are missing are two batches.
    expect(waits.filter((size) => size > 1).length).toBeLessThan(20);
  });

  test('stops when its time is over, and does not call what is left read', async () => {
    const relays = await startPlantedRelays(1, EVENTS);
    onTestFinished(() => relays.stop());
    const result = await audit({
      file: await historyFile(EVENTS.map((event) => ({ event }))),
      record: sampleRecord('pass'),
      urls: relays.urls,
      insecure: false,
      isProven: () => true,
      probing: { reason: 'not in this test' },
      timing: { limitMs: 0 },
    });
    const [I1] = result.invariants ?? [];
    expect(I1).toMatchObject({ id: 'I1', violated: 0, reason: 'time was up before all was read back' });
    expect(I1?.checked).toBeLessThan(250);
  });
});

describe('a relay that can not be asked', () => {
  test('because it refuses to answer is a failure, not a loss and not a success', async () => {
    await expect(readBack({ closes: 'error: shutting down' })).rejects.toMatchObject({
      code: 'AUDIT_FAILED',
      exitCode: 3,
      message: expect.stringContaining('error: shutting down'),
    });
  });

  test('because it is gone is a failure, and connections to others are closed', async () => {
    const sockets: WebSocket[] = [];
    const onConnection = (socket: WebSocket): void => void sockets.push(socket);
    await expect(readBack({ onConnection, further: ['ws://127.0.0.1:1/'] })).rejects.toMatchObject({
      code: 'AUDIT_FAILED',
    });
    await eventuallyPasses(() =>
      expect(sockets.map(({ readyState }) => readyState)).toEqual([WebSocket.CLOSED]),
    );
  });

  test.each([
    ['answers', {}, 'resolves'],
    ['refuses to answer', { closes: 'error: no' }, 'rejects'],
  ] as const)('is left where it %s', async (_, behaviour, ends) => {
    const sockets: WebSocket[] = [];
    const onConnection = (socket: WebSocket): void => void sockets.push(socket);
    await expect(readBack({ onConnection, ...behaviour }))[ends].toBeDefined();
    await eventuallyPasses(() =>
      expect(sockets.map(({ readyState }) => readyState)).toEqual([WebSocket.CLOSED]),
    );
  });

  test.each([
    ['breaks', (socket: WebSocket) => socket.terminate(), 'the connection was closed with 1006'],
    ['says goodbye', (socket: WebSocket) => socket.close(1001), 'the connection was closed with 1001'],
  ] as const)('because its connection %s says so', async (_, end, message) => {
    const sockets: WebSocket[] = [];
    const onQuestion = (): void => sockets.forEach(end);
    const onConnection = (socket: WebSocket): void => void sockets.push(socket);
    await expect(readBack({ onConnection, onQuestion, keeps: () => [] })).rejects.toMatchObject({
      code: 'AUDIT_FAILED',
      message: expect.stringContaining(message),
    });
  });
});
