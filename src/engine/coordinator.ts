import { randomUUID } from 'node:crypto';
import { monotonicNs, NS_PER_MS, NS_PER_S } from '../base/clock.ts';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { maskUrl } from '../base/mask-url.ts';
import { upgradeHint } from '../base/upgrade-refusal.ts';
import { runTagOf } from '../corpus/marker.ts';
import { readCpuTimes } from '../observe/steal.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result/run-result.ts';
import { sumTallies } from '../workload/preparation-tally.ts';
import type { StoredCorpus } from '../workload/worker-part.ts';
import { blamePreparation, isHopeless, type Preparations } from './blame-target.ts';
import { Fleet, sumConnections } from './fleet.ts';
import { LocalTransport } from './local-transport.ts';
import { Measurements, type RunEnd } from './measurements.ts';
import type { FromWorker } from './messages.ts';
import { pinWorkers } from './pin.ts';
import type { RunOptions, RunPlan } from './run-plan.ts';
import type { Transport } from './transport.ts';

/** The ramp starts a little later than its message arrives: so much of the lead of the transport. */
const RAMP_LEAD = 0.2;

/** The run: starts the workers, leads them from step to step, collects what they measured. */
export const runPlan: RunPlan = async (options) => {
  const run = new Run(options);
  return await run.carryOut();
};

class Run {
  readonly #options: RunOptions;
  readonly #measurements: Measurements;
  readonly #fleet: Fleet;
  readonly #transport: Transport;
  /** Aborted where a worker is lost. */
  readonly #loss = new AbortController();
  /** Start of the load once there is one, until then that of the run. */
  #startedAt = new Date();
  readonly #beganNs = monotonicNs();
  readonly #aborted: Promise<'aborted'>;
  #stored: StoredCorpus = { failed: [], hadSome: false };

  constructor(options: RunOptions) {
    this.#options = options;
    const { plan, signal, onProgress, workerExecArgv = [], onWorkers } = options;
    this.#measurements = new Measurements({ plan, onProgress, liveWorkers: () => this.#fleet.live });
    this.#transport = options.transport ?? new LocalTransport({ execArgv: workerExecArgv });
    this.#fleet = new Fleet({
      count: plan.workers,
      transport: this.#transport,
      onMessage: (worker, message) => this.#received(worker, message),
      onLoss: () => this.#loss.abort(),
    });
    onWorkers?.(this.#fleet.pids);
    this.#aborted = new Promise((resolve) => {
      if (signal.aborted) resolve('aborted');
      signal.addEventListener('abort', () => resolve('aborted'), { once: true });
    });
  }

  async carryOut(): Promise<RunResult> {
    try {
      const state = await Promise.race([this.#getReady(), this.#aborted]);
      if (state === 'ready') await this.#load();
      else this.#measurements.cut(0);
      this.#measurements.finishIntervals();
      this.#options.onProgress({ type: 'finished' });
      return this.#measurements.result(this.#end());
    } finally {
      await this.#fleet.end();
    }
  }

  #end(): RunEnd {
    return {
      startedAt: this.#startedAt.toISOString(),
      durationMs: (monotonicNs() - this.#beganNs) / NS_PER_MS,
      stopped: this.#stopped(),
      losses: this.#fleet.losses,
    };
  }

  /**
   * Connect and prepare; nothing is measured yet but the ramp.
   * @returns `hopeless` where the target left nothing of what the load needs
   */
  async #getReady(): Promise<'ready' | 'hopeless'> {
    const { plan } = this.#options;
    const runTag = tagOf(plan);
    const ready = this.#fleet.allOrFail('ready');
    const logHistory = this.#options.onHistory !== undefined;
    this.#fleet.sendEach((index) => ({
      type: 'init',
      plan,
      shard: { index, count: plan.workers },
      runTag,
      logHistory,
    }));
    await ready;
    await this.#connect(plan);
    const prepared = this.#fleet.allOrFail('prepared');
    this.#fleet.send({ type: 'prepare', startWallMs: Date.now() + this.#transport.leadMs });
    const reports = await prepared;
    for (const { problems, remarks } of reports) this.#measurements.addFindings(problems, remarks);
    this.#stored = {
      failed: reports.flatMap(({ stored }) => stored.failed),
      hadSome: reports.some(({ stored }) => stored.hadSome),
    };
    const preparations: Preparations = {
      storing: sumTallies(reports.map(({ storing }) => storing)),
      subscribing: sumTallies(reports.map(({ subscribing }) => subscribing)),
      mayRefuseSome: plan.corpus.named !== null,
    };
    this.#measurements.addFailures(blamePreparation(preparations));
    return isHopeless(preparations) ? 'hopeless' : 'ready';
  }

  async #connect(plan: Plan): Promise<void> {
    const connected = this.#fleet.allOrFail('connected');
    const leadNs = this.#transport.leadMs * RAMP_LEAD * NS_PER_MS;
    this.#fleet.send({ type: 'connect', startNs: monotonicNs() + leadNs });
    const reports = await connected;
    const counts = sumConnections(reports.map((message) => message.counts));
    this.#options.onProgress({ type: 'connecting', ...counts, total: plan.connections.count });
    if (counts.opened > 0) return;
    const refusal = reports.flatMap(({ refusals }) => refusals)[0];
    throw new RelayBenchError(
      `none of ${plan.connections.count} connections to ${plan.targets.map(maskUrl).join(', ')} could be opened`,
      {
        code: 'TARGET_UNREACHABLE',
        hint:
          refusal === undefined
            ? 'check that the relay runs and speaks WebSocket at this URL'
            : upgradeHint(refusal),
        exitCode: EXIT.unreachable,
      },
    );
  }

  async #load(): Promise<void> {
    const { plan, onProgress, signal, endOnLoss = false } = this.#options;
    const { leadMs, isHere } = this.#transport;
    if (isHere && plan.placement !== undefined) await pinWorkers(this.#fleet.pids, plan.placement);
    const startNs = monotonicNs() + leadMs * NS_PER_MS;
    this.#startedAt = new Date(Date.now() + leadMs);
    this.#measurements.setStart(startNs);
    this.#options.onStart?.(startNs);
    const done = this.#fleet.all('done');
    this.#fleet.send({ type: 'go', startNs, startWallMs: Date.now() + leadMs, stored: this.#stored });
    const phases = plan.phases.map(({ name, kind, startNs: from, endNs: to }) => ({
      name,
      kind,
      start_s: from / NS_PER_S,
      end_s: to / NS_PER_S,
    }));
    this.#options.onSnapshot?.(() => this.#measurements.result(this.#end()));
    onProgress({ type: 'started', phases });
    const stop = (): void => {
      this.#measurements.cut(monotonicNs() - startNs);
      this.#fleet.send({ type: 'stop' });
    };
    const ending = endOnLoss ? AbortSignal.any([signal, this.#loss.signal]) : signal;
    if (ending.aborted) stop();
    else ending.addEventListener('abort', stop, { once: true });
    const timers = isHere ? this.#watchSteal(plan) : [];
    const reports = await done;
    for (const { notices, refusals, observations } of reports) {
      this.#measurements.addSeen(notices, observations);
      this.#measurements.addRefusals(refusals);
    }
    this.#measurements.endWith(reports.map(({ exhaustedNs }) => exhaustedNs));
    for (const timer of timers) clearTimeout(timer);
    ending.removeEventListener('abort', stop);
  }

  /** Read the machine's CPU times at both edges of the measured phases. */
  #watchSteal(plan: Plan): readonly NodeJS.Timeout[] {
    const measured = plan.phases.filter((phase) => phase.kind === 'measured');
    const at = (offsetNs: number | undefined, edge: 'start' | 'end'): NodeJS.Timeout =>
      setTimeout(
        () => this.#measurements.setCpuTimes(edge, readCpuTimes()),
        this.#transport.leadMs + (offsetNs ?? 0) / NS_PER_MS,
      );
    return [at(measured[0]?.startNs, 'start'), at(measured.at(-1)?.endNs, 'end')];
  }

  #received(worker: number, message: FromWorker): void {
    const { onProgress, plan } = this.#options;
    if (message.type === 'interval') this.#measurements.addInterval(worker, message.interval);
    if (message.type === 'preparing') onProgress(message);
    if (message.type === 'prepared') this.#measurements.setCounters(worker, message.counters);
    if (message.type === 'draining') onProgress(message);
    if (message.type === 'history') this.#options.onHistory?.(message.entries);
    if (message.type === 'connecting' || message.type === 'connected') {
      const counts = this.#measurements.setConnections(worker, message.counts);
      if (message.type === 'connecting')
        onProgress({ type: 'connecting', ...counts, total: plan.connections.count });
    }
  }

  #stopped(): RunResult['stopped'] {
    const { signal } = this.#options;
    if (!signal.aborted) return null;
    return signal.reason === 'SIGINT' || signal.reason === 'SIGTERM' ? signal.reason : 'abort';
  }
}

/** What the events signed for a run carry: as the salt says, else new in every run. */
function tagOf({ fitted }: Plan): string {
  return runTagOf(fitted?.salt ?? randomUUID());
}
