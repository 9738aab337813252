import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { monotonicNs } from '../../src/base/clock.ts';
import type { FromWorker, ToWorker } from '../../src/engine/messages.ts';
import type { StartWorker, Transport, WorkerHandle, WorkerLoss } from '../../src/engine/transport.ts';
import { eventually } from './eventually.ts';
import { sharedPlan } from './remote.ts';

/** A transport whose workers are `scripted-worker-main.mjs`. */
export interface TransportUnderTest {
  readonly transport: Transport;
  /** How far two clocks may be apart at most. */
  readonly clockError_us: number;
  stop(): Promise<void>;
}

/** What every transport promises to a run, see docs/architecture.md. */
export function transportContract(name: string, open: () => Promise<TransportUnderTest>): void {
  describe(`${name} as a transport`, () => {
    let underTest: TransportUnderTest;
    beforeEach(async () => {
      underTest = await open();
    });
    afterEach(async () => underTest.stop());

    function start(script: string, others: Partial<StartWorker> = {}) {
      const messages: FromWorker[] = [];
      const losses: WorkerLoss[] = [];
      const worker = underTest.transport.start({
        index: 0,
        onMessage: (message) => messages.push(message),
        onLoss: (loss) => losses.push(loss),
        ...others,
      });
      worker.send(initOf(script));
      return { worker, messages, losses };
    }

    it('keeps what is sent before there is a worker, and brings its answers', async () => {
      const { worker } = start('answers');
      expect(await worker.next('ready')).toEqual({ type: 'ready' });
      await worker.end(0);
    });

    it('brings messages in the order in which they were sent, each once', async () => {
      const { worker, messages } = start('counts');
      await connectWorker(worker);
      const numbers = messages.flatMap((message) => (message.type === 'preparing' ? [message.done] : []));
      expect(numbers).toEqual(Array.from({ length: 300 }, (_, at) => at));
      await worker.end(0);
    });

    it('brings large arrays whole', async () => {
      const { worker } = start('tells');
      const history = worker.next('history');
      await connectWorker(worker);
      const entries = (await history)?.entries ?? new Uint8Array();
      expect(entries.length).toBe(700_000);
      expect(entries.every((value, at) => value === (at * 7_919) % 251)).toBe(true);
      await worker.end(0);
    });

    it('names instants by the clock of whoever reads them', async () => {
      const { worker } = start('answers');
      const startNs = monotonicNs();
      const connected = await connectWorker(worker, startNs);
      expect(Math.abs((connected?.counts.firstDropNs ?? 0) - startNs) / 1_000).toBeLessThan(
        underTest.clockError_us,
      );
      await worker.end(0);
    });

    it('loses nothing of a worker that is done: it ends by itself', async () => {
      const { worker, losses } = start('answers');
      const done = worker.next('done');
      await connectWorker(worker);
      const stored = { failed: [3], hadSome: true };
      worker.send({ type: 'go', startNs: monotonicNs(), startWallMs: 1, stored });
      expect(await done).toMatchObject({ type: 'done', exhaustedNs: null });
      await worker.end(20_000);
      expect({ loss: worker.loss, losses }).toEqual({ loss: null, losses: [] });
    });

    it('tells once of a worker that dies, and nobody waits for it any more', async () => {
      const { worker, losses } = start('dies');
      await worker.next('ready');
      const connected = connectWorker(worker);
      expect(await connected).toBeNull();
      expect(worker.loss).toMatchObject({ index: 0, wasStarted: true, reason: expect.stringContaining('7') });
      expect(losses).toEqual([worker.loss]);
      expect(await worker.next('done')).toBeNull();
      await worker.end(0);
      expect(losses).toHaveLength(1);
    });

    it('loses a worker that says that it has failed, with its words, and hears nothing more of it', async () => {
      const { worker, messages } = start('fails');
      await worker.next('ready');
      expect(await connectWorker(worker)).toBeNull();
      expect(worker.loss?.reason).toContain('the worker says so');
      expect(messages.map(({ type }) => type)).not.toContain('connected');
      await worker.end(0);
    });

    it('ends a worker that is not done, which is no loss', async () => {
      const { worker, messages } = start('counts');
      await connectWorker(worker);
      const [first] = messages.flatMap((message) => (message.type === 'preparing' ? [message.total] : []));
      await worker.end(0);
      await eventually('the process of the worker is gone', async () => !isAlive(first ?? 0));
      expect(worker.loss).toBeNull();
    });
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function initOf(script: string): ToWorker {
  const { plan } = sharedPlan();
  return { type: 'init', plan, shard: { index: 0, count: 1 }, runTag: script, logHistory: false };
}

async function connectWorker(worker: WorkerHandle, startNs = monotonicNs()) {
  const connected = worker.next('connected');
  worker.send({ type: 'connect', startNs });
  return connected;
}
