import { NS_PER_S } from '../base/clock.ts';
import { ACCOUNTS, type PerNoun, perNoun } from '../metric/accounts.ts';
import type { CounterMetric } from '../metric/counters.ts';
import type { Plan } from '../plan/plan.ts';
import type { Counters, Load, Sums } from '../result/schema.ts';
import type { ConnectionCounts } from './messages.ts';
import { countOffered, type Offered, operationStreams } from './offered.ts';

export interface LoadAccountOptions {
  readonly plan: Plan;
  /** Arrivals of the whole plan. */
  readonly offered: Offered;
  /** Offset at which offering was stopped; `Infinity` for a complete run. */
  readonly cutNs: number;
  /** Sum of a counter in one phase. */
  readonly ofPhase: (name: CounterMetric, phase: number) => number;
  /** What the record says of the generator's own health in one phase. */
  readonly healthOf: (phase: number) => Pick<Load['phases'][number], 'loopDelay_us'>;
}

/** What was offered and what became of it. */
export class LoadAccount {
  readonly #options: LoadAccountOptions;
  readonly #measured: readonly number[];
  readonly #streams: readonly string[];

  constructor(options: LoadAccountOptions) {
    this.#options = options;
    this.#streams = operationStreams(options.plan);
    this.#measured = options.plan.phases.flatMap(({ kind }, index) => (kind === 'measured' ? [index] : []));
  }

  /**
   * Arrivals of the measured phases. By the plan, so that it is a count of its own; in a run that was cut short, and in
   * the closed model, which has no schedule, by what came up.
   */
  offered(counters: Counters): PerNoun {
    const { plan, cutNs } = this.#options;
    const isCounted = cutNs !== Number.POSITIVE_INFINITY || plan.load.model === 'closed';
    return perNoun(({ stream, sent, unsent, dropped }) =>
      isCounted || stream === null
        ? counters[sent] + counters[unsent] + counters[dropped]
        : this.#planned(stream),
    );
  }

  /** A lost worker never said what it dropped: of what was offered, all that is not accounted for. */
  settleLost(counters: Counters): Counters {
    const offered = this.offered(counters);
    const dropped = ACCOUNTS.map(({ noun, sent, unsent, dropped }) => [
      dropped,
      Math.max(0, offered[noun] - counters[sent] - counters[unsent]),
    ]);
    return { ...counters, ...Object.fromEntries(dropped) };
  }

  /** @param achieved operations that ended well, in time */
  summary(counters: Counters, achieved: PerNoun, connections: ConnectionCounts): Load {
    const { plan } = this.#options;
    const measured_s = this.#measured_s();
    return {
      model: plan.load.model,
      connections: {
        requested: connections.opened + connections.failed,
        opened: connections.opened,
        failed: connections.failed,
        dropped: connections.dropped,
      },
      offered: ratesOf(this.offered(counters), measured_s),
      achieved: ratesOf(achieved, measured_s),
      droppedArrivals: sum(ACCOUNTS.map(({ dropped }) => counters[dropped])),
      measured_s,
      phases: this.#phases(),
    };
  }

  #phases(): Load['phases'] {
    const { plan, offered: whole, cutNs, ofPhase, healthOf } = this.#options;
    const offered = cutNs === Number.POSITIVE_INFINITY ? whole : countOffered(plan, cutNs);
    return plan.phases.map((phase, index) => ({
      name: phase.name,
      kind: phase.kind,
      start_s: phase.startNs / NS_PER_S,
      end_s: phase.endNs / NS_PER_S,
      level: phase.levelEnd,
      offered: sum(this.#streams.map((name) => offered.of(name, index))) + this.#unplannedIn(index),
      ...this.#rateOf(index),
      sent: sum(ACCOUNTS.map(({ sent }) => ofPhase(sent, index))),
      ...healthOf(index),
    }));
  }

  #rateOf(index: number): Pick<Load['phases'][number], 'offeredPerSecond'> {
    const { plan, offered } = this.#options;
    const phase = plan.phases[index];
    if (phase === undefined || plan.load.model === 'closed') return {};
    const planned = sum(this.#streams.map((name) => offered.of(name, index)));
    const all = planned + this.#unplannedIn(index);
    return { offeredPerSecond: (all * NS_PER_S) / (phase.endNs - phase.startNs) };
  }

  /** What no stream plans, by what came up. */
  #unplannedIn(index: number): number {
    const { ofPhase } = this.#options;
    const unplanned = ACCOUNTS.filter(({ stream }) => stream === null);
    return sum(
      unplanned.flatMap((account) =>
        [account.sent, account.unsent, account.dropped].map((name) => ofPhase(name, index)),
      ),
    );
  }

  #planned(stream: string): number {
    return sum(this.#measured.map((phase) => this.#options.offered.of(stream, phase)));
  }

  #measured_s(): number {
    const { plan, cutNs } = this.#options;
    const phases = this.#measured.map((index) => plan.phases[index]);
    const startNs = phases[0]?.startNs ?? 0;
    return Math.max(0, Math.min(cutNs, phases.at(-1)?.endNs ?? 0) - startNs) / NS_PER_S;
  }
}

function ratesOf(operations: PerNoun, seconds: number): Sums {
  const perSecond = (count: number): number => (seconds > 0 ? count / seconds : 0);
  const pairs = ACCOUNTS.flatMap(({ noun }) => [
    [noun, operations[noun]],
    [`${noun}PerSecond`, perSecond(operations[noun])],
  ]);
  return Object.fromEntries(pairs) as Sums;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
