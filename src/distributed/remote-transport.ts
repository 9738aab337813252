import { monotonicNs } from '../base/clock.ts';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { settledWithin } from '../base/stop.ts';
import type { StartWorker, Transport, WorkerHandle } from '../engine/transport.ts';
import { WorkerMail } from '../engine/worker-mail.ts';
import type { AgentReport } from '../result/schema.ts';
import { AgentLink } from './agent-link.ts';
import type { ControlBus, Follower } from './bus.ts';
import { type CommonClock, readCommonClock } from './clock.ts';
import { encodeMessage } from './codec.ts';
import type { ShardJob } from './job.ts';
import { fromCommonNs, onClockOf } from './news.ts';
import { type Order, orderOf } from './orders.ts';
import { Packer } from './parcel.ts';
import { BEAT_EVERY_MS, BEATS_KEPT, type RunStreams, SILENCE_MS, streamsOf } from './streams.ts';

/** Time for a message to reach every agent, also over a slow network: more where there are many. */
const LEAD_MS = { least: 1_000, perAgent: 100, most: 3_000 };
/** At the end: for agents to say that they are through. */
const FAREWELL_MS = 2_000;
const US_PER_MS = 1_000;

export interface RemoteRun {
  readonly bus: ControlBus;
  readonly runId: string;
  /** What each agent gets, but for what is said below. */
  readonly job: Omit<ShardJob, 'runId' | 'shard' | 'shards' | 'workers' | 'expiresUs'>;
  /** Workers of the shards, in order. */
  readonly shards: readonly ShardJob['workers'][];
  /** How long agents are waited for. */
  readonly joinMs: number;
  readonly silenceMs?: number;
  readonly leadMs?: number;
  /** Told each time that an agent has taken a shard, with its name. */
  readonly onJoined?: (name: string, joined: number, wanted: number) => void;
}

/** Workers of agents on other machines, reached through a bus. */
export class RemoteTransport implements Transport {
  readonly isHere = false;
  readonly leadMs: number;
  readonly #run: RemoteRun;
  readonly #clock: CommonClock;
  readonly #streams: RunStreams;
  readonly #links: readonly AgentLink[];
  readonly #packers: readonly Packer[];
  readonly #follower: Follower;
  readonly #alive: NodeJS.Timeout;
  readonly #join: NodeJS.Timeout;

  /** Puts the shards up and begins to listen. */
  static async open(run: RemoteRun): Promise<RemoteTransport> {
    const clock = await readCommonClock(run.bus, monotonicNs);
    const expiresUs = clock.toCommonUs(monotonicNs()) + run.joinMs * US_PER_MS;
    const transport = new RemoteTransport(run, clock);
    const { shards, runId } = run;
    await run.bus.offer(
      shards.map((workers, shard) => ({
        id: jobId(runId, shard),
        data: { ...run.job, runId, shard, shards: shards.length, workers, expiresUs } satisfies ShardJob,
      })),
    );
    return transport;
  }

  private constructor(run: RemoteRun, clock: CommonClock) {
    const { bus, runId, shards, joinMs, silenceMs = SILENCE_MS, leadMs = leadOf(shards.length) } = run;
    this.#run = run;
    this.#clock = clock;
    this.leadMs = leadMs;
    this.#streams = streamsOf(runId);
    const change = fromCommonNs(clock);
    this.#links = shards.map(
      (_, shard) =>
        new AgentLink({
          shard,
          silenceMs,
          onHere: (name) => this.#joined(name),
          onLost: (error) => this.#lost(shard, error),
          translate: (message) => onClockOf(message, change),
        }),
    );
    this.#packers = shards.map((_, shard) => new Packer(shard));
    this.#follower = bus.follow(
      [this.#streams.news],
      (entry) => {
        for (const link of this.#links) link.accept(entry);
      },
      true,
    );
    const beat = (): void => bus.append(this.#streams.alive, Buffer.from('alive'), BEATS_KEPT);
    beat();
    this.#alive = setInterval(beat, BEAT_EVERY_MS);
    this.#join = setTimeout(() => this.#giveUpWaiting(), joinMs);
  }

  start(worker: StartWorker): WorkerHandle {
    const mail = new WorkerMail(worker);
    const { index } = worker;
    const shard = this.#run.shards.findIndex(({ first, count }) => index >= first && index < first + count);
    const link = this.#links[shard];
    if (link === undefined) throw new Error(`worker ${index} belongs to no shard`);
    link.add(index, mail);
    return {
      index,
      pid: 0,
      send: (message) => {
        const order = orderOf(message, this.#clock);
        if (order !== null) this.#tell(shard, index, order);
      },
      next: (type) => mail.next(type),
      get loss() {
        return mail.loss;
      },
      end: async (graceMs) => {
        const wasDone = mail.isDone;
        mail.dismiss();
        if (!wasDone) this.#tell(shard, index, { type: 'end' });
        if (link.stage === 'here') await settledWithin(link.ended, wasDone ? graceMs : FAREWELL_MS);
      },
    };
  }

  /** What is known of the agents, in the order of shards. */
  agents(): readonly AgentReport[] {
    return this.#links.flatMap((link) => link.report() ?? []);
  }

  /** Takes back what nobody has taken, and leaves nothing behind. */
  async close(): Promise<void> {
    const { bus, shards, runId } = this.#run;
    clearTimeout(this.#join);
    await bus.withdraw(shards.map((_, shard) => jobId(runId, shard)));
    const left = this.#links.filter(({ stage }) => stage === 'here');
    for (const { shard } of left) this.#tell(shard, shards[shard]?.first ?? 0, { type: 'end' });
    await settledWithin(Promise.all(left.map(({ ended }) => ended)), FAREWELL_MS);
    await bus.flushed(FAREWELL_MS);
    clearInterval(this.#alive);
    await this.#follower.stop();
    for (const link of this.#links) link.close();
    await bus.forget([this.#streams.orders, this.#streams.alive, this.#streams.news]);
  }

  #tell(shard: number, worker: number, order: Order): void {
    const parcels = this.#packers[shard]?.pack(encodeMessage({ worker, order })) ?? [];
    for (const parcel of parcels) this.#run.bus.append(this.#streams.orders, parcel);
  }

  /** What is lost may only be slow: it is told to end. Nobody is waited for any more then. */
  #lost(shard: number, error: RelayBenchError): void {
    this.#tell(shard, this.#run.shards[shard]?.first ?? 0, { type: 'end' });
    for (const link of this.#links) if (link.stage === 'waiting') link.lose('the run has ended', error);
  }

  #joined(name: string): void {
    const joined = this.#links.filter(({ stage }) => stage !== 'waiting').length;
    if (joined === this.#links.length) clearTimeout(this.#join);
    this.#run.onJoined?.(name, joined, this.#links.length);
  }

  #giveUpWaiting(): void {
    const missing = this.#links.filter(({ stage }) => stage === 'waiting');
    const error = agentsMissing(missing, this.#links.length, this.#run.joinMs);
    for (const link of missing) link.lose(error.message, error);
  }
}

function leadOf(agents: number): number {
  return Math.min(LEAD_MS.most, LEAD_MS.least + LEAD_MS.perAgent * agents);
}

function jobId(runId: string, shard: number): string {
  return `${runId}-${shard}`;
}

function agentsMissing(missing: readonly AgentLink[], wanted: number, joinMs: number): RelayBenchError {
  const came = wanted - missing.length;
  const numbers = missing.map(({ shard }) => shard).join(', ');
  return new RelayBenchError(
    `${came} of ${wanted} agents came within ${joinMs / 1_000} s; nobody has taken shard ${numbers}`,
    {
      code: 'AGENTS_MISSING',
      hint: 'start `relay-bench agent --redis URL` on more machines, or ask for fewer --agents',
      exitCode: EXIT.unreachable,
    },
  );
}
