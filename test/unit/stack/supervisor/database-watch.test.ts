import { describe, expect, onTestFinished, test } from 'vitest';
import type { Admin, Ask } from '../../../../src/stack/postgres/client.ts';
import { DatabaseWatch } from '../../../../src/stack/supervisor/database-watch.ts';
import { eventuallyPasses } from '../../../support/eventually.ts';
import { sampleStack } from '../../../support/sample-stack.ts';

/** Connections on paper: how many were opened and ended, and what they answer. */
class Connections {
  opened = 0;
  ended = 0;
  gate: Promise<void> = Promise.resolve();
  answer: () => Promise<object[]> = async () => [{ replica: true, wal: 7, streaming: true }];

  readonly connect = async (): Promise<Admin> => {
    this.opened++;
    await this.gate;
    return {
      ask: (async () => await this.answer()) as Ask,
      end: async () => {
        this.ended++;
      },
    };
  };
}

async function setUp(): Promise<{ watch: DatabaseWatch; connections: Connections; open: () => void }> {
  const [node] = (await sampleStack('single')).services;
  if (node === undefined) throw new Error('the sample has no service');
  const connections = new Connections();
  let open = (): void => undefined;
  connections.gate = new Promise((resolve) => {
    open = resolve;
  });
  const watch = new DatabaseWatch(node, connections.connect);
  onTestFinished(() => watch.end());
  return { watch, connections, open };
}

describe('the watch of a Postgres', () => {
  test('shares one connection among those who ask at the same time', async () => {
    const { watch, connections, open } = await setUp();
    const asked = [watch.askNow(), watch.askNow()];
    open();
    expect(await Promise.all(asked)).toEqual(
      Array(2).fill({ isReplica: true, walBytes: 7, isStreaming: true }),
    );
    expect(connections.opened).toBe(1);
  });

  test('closes a connection that comes about after its end, and opens no other', async () => {
    const { watch, connections, open } = await setUp();
    watch.end();
    open();
    await eventuallyPasses(() => expect(connections.ended).toBe(1));
    await expect(watch.askNow()).rejects.toThrow('no longer watched');
    expect(connections.opened).toBe(1);
  });

  test('believes the last answer through one failure: a connection that is cut is no server that is gone', async () => {
    const { watch, connections, open } = await setUp();
    open();
    await eventuallyPasses(() => expect(watch.recent?.walBytes).toBe(7));
    const before = connections.opened;
    const { answer } = connections;
    connections.answer = async () => {
      connections.answer = answer;
      throw new Error('terminated');
    };
    const seen = new Set<number | undefined>();
    await eventuallyPasses(
      () => {
        seen.add(watch.recent?.walBytes);
        expect(connections.opened).toBeGreaterThan(before);
      },
      { everyMs: 1, looks: 30_000 },
    );
    expect([...seen]).toEqual([7]);
  });

  test('closes a connection that fails before it opens the next', async () => {
    const { watch, connections, open } = await setUp();
    open();
    await eventuallyPasses(() => expect(watch.recent?.walBytes).toBe(7));
    connections.answer = async () => {
      throw new Error('terminated');
    };
    await eventuallyPasses(() => expect(watch.recent).toBeNull());
    expect(watch.hasAnswered).toBe(true);
    connections.answer = async () => [{ replica: false, wal: 8, streaming: false }];
    await eventuallyPasses(() => expect(watch.recent?.walBytes).toBe(8));
    expect(connections.opened - connections.ended).toBe(1);
  });
});
