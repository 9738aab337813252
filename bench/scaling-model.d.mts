/** What an event costs at each part, and what parts do by themselves. */
export interface Costs {
  /** CPU of one event, in µs of a core. */
  readonly generator_us: number;
  readonly balancer_us: number;
  /** Event loop of the relay that receives it. */
  readonly loop_us: number;
  /** Event loop of every other relay. */
  readonly told_us: number;
  readonly verify_us: number;
  readonly primary_us: number;
  /** CPU of a commit, however many events it has. */
  readonly commit_us: number;
  readonly replica_us: number;
  /** Redis for each relay that it tells. */
  readonly redis_us: number;
  readonly caches_us: number;
  /** Waiting that is no CPU, of a commit: disk, timers, network. */
  readonly wait_us: number;
  /** Without any event; of one process of each part. */
  readonly own_cores: Readonly<
    Record<'generator' | 'balancer' | 'relay' | 'primary' | 'replica' | 'redis' | 'caches' | 'others', number>
  >;
}

export interface SimulatedStep {
  readonly offered_per_s: number;
  readonly achieved_per_s: number;
  readonly unanswered: number;
  readonly mean_us: number | null;
  readonly p50_us: number | null;
  readonly p95_us: number | null;
  readonly p99_us: number | null;
}

export interface Setup {
  readonly relays: number;
  readonly replicas: number;
  readonly cores: number;
  readonly rate_per_s: number;
  readonly costs: Costs;
  readonly warmup_s?: number;
  readonly duration_s?: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export function simulateStep(setup: Setup): SimulatedStep;
export function holds(
  step: Pick<SimulatedStep, 'p95_us' | 'achieved_per_s' | 'offered_per_s' | 'unanswered'>,
): boolean;
export function findLimit(
  simulate: (rate_per_s: number) => Parameters<typeof holds>[0],
  options: { readonly start_per_s: number; readonly tolerance: number; readonly most_per_s?: number },
): { readonly low: number | null; readonly high: number | null };
