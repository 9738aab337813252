import { afterEach, describe, expect, it } from 'vitest';
import { RelayBenchError } from '../../../src/base/errors.ts';
import type { Taker } from '../../../src/distributed/bus.ts';
import { Packer } from '../../../src/distributed/parcel.ts';
import type { RemoteTransport } from '../../../src/distributed/remote-transport.ts';
import type { AgentHost } from '../../../src/distributed/serve-shard.ts';
import type { FromWorker, ToWorker } from '../../../src/engine/messages.ts';
import type { Transport, WorkerHandle, WorkerLoss } from '../../../src/engine/transport.ts';
import { eventually } from '../../support/eventually.ts';
import { MemoryBus } from '../../support/memory-bus.ts';
import { corpusJob, FACTS, NAMED, openAgent, openRemote, sharedPlan } from '../../support/remote.ts';
import { transportContract } from '../../support/transport-contract.ts';

transportContract('RemoteTransport', async () => {
  const bus = new MemoryBus();
  const agent = openAgent(bus);
  const transport = await openRemote(bus);
  return {
    transport,
    // Both sides read the clock of the same process.
    clockError_us: 5_000,
    stop: async () => {
      await transport.close();
      await agent.taker.stop();
    },
  };
});

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** Answers `init` with `ready`, and keeps what it is told. */
class QuietTransport implements Transport {
  readonly isHere = true;
  readonly leadMs = 0;
  readonly told: ToWorker[] = [];
  ended = 0;

  start({ index, onMessage }: Parameters<Transport['start']>[0]): WorkerHandle {
    return {
      index,
      pid: 0,
      send: (message) => {
        this.told.push(message);
        if (message.type === 'init') onMessage({ type: 'ready' });
      },
      next: () => new Promise(() => undefined),
      loss: null,
      end: async () => {
        this.ended++;
      },
    };
  }

  get types(): string[] {
    return this.told.map(({ type }) => type).filter((type) => type !== 'alive');
  }
}

/** Says of its start what is no number. */
class OddTransport extends QuietTransport {
  override start(worker: Parameters<Transport['start']>[0]): WorkerHandle {
    const handle = super.start(worker);
    const odd = { type: 'started', late_us: 'soon' } as unknown as FromWorker;
    return {
      ...handle,
      send: (message) => {
        handle.send(message);
        if (message.type === 'prepare') worker.onMessage(odd);
      },
    };
  }
}

function agentOn(bus: MemoryBus, others: Partial<AgentHost> = {}) {
  const workers = new QuietTransport();
  const agent = openAgent(bus, { transport: workers, ...others });
  open.push({ close: () => agent.taker.stop() } satisfies { close: Taker['stop'] });
  return { workers, ...agent };
}

async function runOn(bus: MemoryBus, others: Parameters<typeof openRemote>[1] = {}) {
  const transport = await openRemote(bus, others);
  open.unshift(transport);
  return { transport, ...startAll(transport, others.workers ?? others.agents ?? 1) };
}

function startAll(transport: RemoteTransport, count: number) {
  const losses: WorkerLoss[] = [];
  const messages: FromWorker[] = [];
  const workers = Array.from({ length: count }, (_, index) =>
    transport.start({
      index,
      onMessage: (message) => messages.push(message),
      onLoss: (loss) => losses.push(loss),
    }),
  );
  const { plan } = sharedPlan({ workers: count });
  for (const worker of workers)
    worker.send({
      type: 'init',
      plan,
      shard: { index: worker.index, count },
      runTag: 'tag',
      logHistory: false,
    });
  return { workers, losses, messages };
}

function ready(workers: readonly WorkerHandle[]) {
  return Promise.all(workers.map((worker) => worker.next('ready')));
}

describe('agents', () => {
  it('carry out one shard each, with the workers of that shard alone', async () => {
    const bus = new MemoryBus();
    const agents = [agentOn(bus), agentOn(bus), agentOn(bus)];
    const { workers, transport } = await runOn(bus, { agents: 3, workers: 4 });
    await ready(workers);
    const shards = agents.map(({ workers: { told } }) =>
      told.flatMap((message) => (message.type === 'init' ? [message.shard] : [])),
    );
    expect(
      shards
        .flat()
        .map(({ index }) => index)
        .sort(),
    ).toEqual([0, 1, 2, 3]);
    expect(shards.flat().every(({ count }) => count === 4)).toBe(true);
    expect(transport.agents().map((agent) => agent.workers)).toEqual([[0], [1], [2, 3]]);
  });

  it('may come after everything was said', async () => {
    const bus = new MemoryBus();
    const { workers } = await runOn(bus);
    workers[0]?.send({ type: 'prepare', startWallMs: 1 });
    const agent = agentOn(bus);
    await ready(workers);
    await eventually('the orders came in order', async () => agent.workers.types.join() === 'init,prepare');
  });

  it('that do not come are named by their shards, and the run ends with 3', async () => {
    const bus = new MemoryBus();
    agentOn(bus);
    const { workers, losses } = await runOn(bus, { agents: 3, joinMs: 300 });
    await eventually('the others are given up', async () => losses.length === 2);
    expect(losses[0]).toMatchObject({
      wasStarted: false,
      error: {
        code: 'AGENTS_MISSING',
        exitCode: 3,
        message: expect.stringMatching(/1 of 3 agents.*shard 1, 2/),
      },
    });
    expect(workers.map(({ loss }) => loss === null)).toEqual([true, false, false]);
  });

  it('that come too late leave the shard alone', async () => {
    const bus = new MemoryBus();
    const { losses } = await runOn(bus, { joinMs: 50 });
    await eventually('it is given up', async () => losses.length === 1);
    const { lines, workers } = agentOn(bus);
    await eventually('it says so', async () => lines.some((line) => line.includes('came too late')));
    expect(workers.told).toEqual([]);
  });

  it('of another version are named at once, and nobody is waited for', async () => {
    const bus = new MemoryBus();
    const facts = { ...FACTS, name: 'old', version: '0.0.9' };
    const { lines, workers: told } = agentOn(bus, { facts });
    const { workers } = await runOn(bus, { agents: 2 });
    expect(await ready(workers)).toEqual([null, null]);
    expect(workers[1]?.loss?.error).toMatchObject({
      code: 'AGENT_REFUSED',
      exitCode: 3,
      message: expect.stringContaining(
        'agent old refuses its shard: it is version 0.0.9, the run is of version 1.2.3',
      ),
    });
    expect(lines.join()).toContain('refused');
    expect(told.told).toEqual([]);
  });

  it('refuse what they do not approve of, and start nothing', async () => {
    const bus = new MemoryBus();
    const { workers: own } = agentOn(bus, {
      approve: async () => {
        throw new RelayBenchError('it must not load there', {
          code: 'TARGET_NOT_ALLOWED',
          hint: 'ask first',
        });
      },
    });
    const { workers } = await runOn(bus);
    expect(await ready(workers)).toEqual([null]);
    expect(workers[0]?.loss?.error).toMatchObject({ hint: 'ask first', exitCode: 3 });
    expect(own.told).toEqual([]);
  });

  it('refuse a job whose target was changed in Redis', async () => {
    const bus = new MemoryBus();
    const { workers } = await runOn(bus);
    const [job] = bus.jobs;
    Object.assign(job?.data as object, { targets: ['ws://203.0.113.9/'] });
    const { workers: own } = agentOn(bus);
    expect(await ready(workers)).toEqual([null]);
    expect(workers[0]?.loss?.error?.message).toContain('not that of the coordinator');
    expect(own.told).toEqual([]);
  });

  it('ignore what is no job', async () => {
    const bus = new MemoryBus();
    const { lines } = agentOn(bus);
    await bus.offer([{ id: 'x', data: { runId: '../../x' } }]);
    await eventually('it says so', async () => lines.some((line) => line.includes('none of relay-bench')));
  });

  it('take the shard of the next run when that of the first is over', async () => {
    const bus = new MemoryBus();
    agentOn(bus);
    const first = await runOn(bus);
    await ready(first.workers);
    const second = await runOn(bus);
    await first.workers[0]?.end(0);
    expect(await ready(second.workers)).toEqual([{ type: 'ready' }]);
  });

  it('of two runs at once hear their own run alone', async () => {
    const bus = new MemoryBus();
    const agents = [agentOn(bus), agentOn(bus)];
    const runs = [await runOn(bus), await runOn(bus)];
    await Promise.all(runs.map(({ workers }) => ready(workers)));
    runs[0]?.workers[0]?.send({ type: 'stop' });
    await eventually('one was told', async () => agents[0]?.workers.types.join() === 'init,stop');
    expect(agents[1]?.workers.types).toEqual(['init']);
    expect(runs.map(({ messages }) => messages.length)).toEqual([1, 1]);
  });
});

describe('agents of a run that replays a corpus', () => {
  const file = { dir: '/of/the/agent', name: 'events.jsonl' };

  it('make it before their workers are told anything, tell how far they are, and remove it at the end', async () => {
    const bus = new MemoryBus();
    let finish: () => void = () => undefined;
    let released = 0;
    const release = async () => void released++;
    const making = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const agent = agentOn(bus, {
      makeCorpus: async (named, _signal, onProgress) => {
        expect(named).toEqual({ ...NAMED, file: null });
        await new Promise((resolve) => setTimeout(resolve, 1_050));
        onProgress(70);
        await making;
        return { file, release };
      },
    });
    const { workers, messages, transport } = await runOn(bus, { workers: 2, job: corpusJob() });
    await eventually('progress', async () => messages.length === 1);
    expect(messages[0]).toMatchObject({ type: 'preparing', done: 70, total: 200 });
    expect(agent.workers.types).toEqual([]);
    finish();
    await ready(workers);
    expect(agent.workers.types).toEqual(['init', 'init']);
    expect(agent.workers.told.find(({ type }) => type === 'init')).toMatchObject({
      plan: { corpus: { named: { file } } },
    });
    await Promise.all(workers.map((worker) => worker.end(0)));
    await transport.close();
    expect(released).toBe(1);
  });

  it('refuse their shard where they can not make it, or it is another one', async () => {
    const bus = new MemoryBus();
    const differs = new RelayBenchError('the fingerprint is another one', {
      ...{ code: 'CORPUS_DIFFERS', hint: 'take the same build' },
    });
    const agent = agentOn(bus, { makeCorpus: () => Promise.reject(differs) });
    const { workers } = await runOn(bus, { workers: 2, job: corpusJob() });
    expect(await ready(workers)).toEqual([null, null]);
    expect(workers[0]?.loss?.error).toMatchObject({
      ...{ code: 'AGENT_REFUSED', exitCode: 3, hint: 'take the same build' },
      message: expect.stringContaining('its corpus: the fingerprint is another one'),
    });
    await eventually('its workers have ended', async () => agent.workers.ended === 2);
    expect(agent.workers.types).toEqual([]);
  });

  it('stop making it where the run is over', async () => {
    const bus = new MemoryBus();
    let isStopped = false;
    const agent = agentOn(bus, {
      makeCorpus: (_named, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            isStopped = true;
            reject(new Error('stopped'));
          });
        }),
    });
    const { transport } = await runOn(bus, { workers: 2, job: corpusJob() });
    await eventually('the agent is here', async () => transport.agents().length === 1);
    await transport.close();
    expect(isStopped).toBe(true);
    await eventually(
      'it waits for the next shard',
      async () => agent.lines.at(-1)?.endsWith('over') === true,
    );
  });
});

describe('an agent', () => {
  it('that is silent is lost, and what it says later is not heard', async () => {
    const bus = new MemoryBus();
    const { workers: own } = agentOn(bus);
    const { workers, losses, messages } = await runOn(bus, { silenceMs: 1_500 });
    await ready(workers);
    // Frozen: nothing of it arrives, but it still hears.
    bus.change = (entry, stream) => (stream.endsWith('news') ? [] : [entry]);
    await eventually('its loss', async () => losses.length > 0);
    expect(losses).toEqual([
      expect.objectContaining({ reason: 'agent agent: nothing was heard of it for 1.5 s', wasStarted: true }),
    ]);
    expect(losses[0]?.error).toMatchObject({ code: 'AGENT_LOST', exitCode: 103 });
    bus.change = (entry) => [entry];
    await eventually('it is told to end', async () => own.ended === 1);
    expect(messages).toHaveLength(1);
  });

  it('whose messages come twice counts them once', async () => {
    const bus = new MemoryBus();
    bus.change = (entry) => [entry, entry];
    const { workers: own } = agentOn(bus);
    const { workers, messages } = await runOn(bus);
    await ready(workers);
    workers[0]?.send({ type: 'stop' });
    await eventually('the order came', async () => own.types.includes('stop'));
    expect(own.types).toEqual(['init', 'stop']);
    expect(messages).toEqual([{ type: 'ready' }]);
  });

  it.each([
    ['damaged', (entry: Buffer) => [entry.subarray(0, -4)], /checksum/],
    ['missing', () => [], /has not come/],
    ['forged', () => new Packer(0).pack('{"type":"beat","run":"rm"}'), /./],
  ])('of which a message is %s is lost: its sums would be wrong', async (_what, change, reason) => {
    const bus = new MemoryBus();
    agentOn(bus);
    const { workers, losses } = await runOn(bus);
    await ready(workers);
    let isChanged = false;
    bus.change = (entry, stream) => {
      if (isChanged || !stream.endsWith('news')) return [entry];
      isChanged = true;
      return change(entry);
    };
    await eventually('its loss', async () => losses.length > 0);
    expect(losses[0]?.reason).toMatch(reason);
  });

  it('whose worker says what no worker says is lost, with the place', async () => {
    const bus = new MemoryBus();
    agentOn(bus, { transport: new OddTransport() });
    const { workers, losses, messages } = await runOn(bus);
    await ready(workers);
    workers[0]?.send({ type: 'prepare', startWallMs: 1 });
    await eventually('its loss', async () => losses.length > 0);
    expect(losses[0]?.reason).toMatch(/a message of type started is wrong at late_us/);
    expect(messages).toEqual([{ type: 'ready' }]);
  });

  it('lives through an absence of the bus that is shorter than the silence', async () => {
    const bus = new MemoryBus();
    const { workers: own } = agentOn(bus, { silenceMs: 5_000 });
    const { workers, losses } = await runOn(bus, { silenceMs: 5_000 });
    await ready(workers);
    bus.goAway();
    workers[0]?.send({ type: 'stop' });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(own.types).toEqual(['init']);
    bus.goAway(false);
    await eventually('the order came', async () => own.types.includes('stop'));
    expect(losses).toEqual([]);
  });

  it('ends its workers where it hears nothing of the coordinator', async () => {
    const bus = new MemoryBus();
    const { workers: own } = agentOn(bus, { silenceMs: 1_500 });
    const { workers } = await runOn(bus);
    await ready(workers);
    bus.change = (entry, stream) => (stream.endsWith('alive') ? [] : [entry]);
    await eventually('they are ended', async () => own.ended === 1);
  });

  it('passes on that the coordinator lives, with the time after which a worker ends by itself', async () => {
    const bus = new MemoryBus();
    const { workers: own } = agentOn(bus, { silenceMs: 4_000 });
    const { workers } = await runOn(bus);
    await ready(workers);
    expect(own.told[0]).toMatchObject({ type: 'init', silenceMs: 4_000 });
    await eventually('signs of life', async () => own.told.some(({ type }) => type === 'alive'));
  });
});

describe('the end of a run', () => {
  it('takes back the shards that nobody has taken, and leaves no stream behind', async () => {
    const bus = new MemoryBus();
    const transport = await openRemote(bus, { agents: 2 });
    startAll(transport, 2);
    expect(bus.jobs).toHaveLength(2);
    await transport.close();
    expect({ jobs: bus.jobs, streams: [...bus.streams.keys()] }).toEqual({ jobs: [], streams: [] });
  });

  it('tells the agents, and knows how far their clocks have drifted', async () => {
    const bus = new MemoryBus();
    const { workers: own } = agentOn(bus);
    const { workers, transport } = await runOn(bus);
    await ready(workers);
    await workers[0]?.end(0);
    expect(own.ended).toBe(1);
    const [report] = transport.agents();
    expect(report).toMatchObject({ name: 'agent', shard: 0, workers: [0], lost: null, startedLate_us: null });
    expect(Math.abs(report?.clockDrift_us ?? Number.NaN)).toBeLessThan(50_000);
    expect(report?.newsMessages).toBeGreaterThan(2);
  });
});
