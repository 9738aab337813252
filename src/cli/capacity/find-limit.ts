import { join } from 'node:path';
import { monotonicNs, NS_PER_MS, NS_PER_S } from '../../base/clock.ts';
import { messageOf, RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { trialsOf } from '../../capacity/build.ts';
import { impossibleStep, type PlannedStep, readStep } from '../../capacity/read-step.ts';
import type { Capacity, CapacityStep } from '../../capacity/schema.ts';
import { type Next, nextStep } from '../../capacity/search.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunRecord } from '../../record/schema.ts';
import { coolDown } from './cool-down.ts';
import { type Levels, lengthMs } from './levels.ts';
import type { SayStep } from './say-step.ts';

export interface LimitRequest {
  readonly levels: Levels;
  readonly of: Capacity['of'];
  readonly budgetMs: number;
  /** Whether the relay of one step is that of the next, and must come to rest between them. */
  readonly isKept: boolean;
  /** Carries out one run against the target. */
  readonly measure: (plan: Plan) => Promise<RunRecord>;
  /** Keeps its record. @param file below the directory of the search */
  readonly keep: (record: RunRecord, file: string) => Promise<void>;
  /** @throws RelayBenchError where this machine can't hold the load */
  readonly requireRoom: (plan: Plan) => void;
  readonly isInterrupted: () => boolean;
  readonly say: SayStep;
  readonly nowNs?: () => number;
}

/** What a search has done. */
export interface Found {
  readonly steps: readonly CapacityStep[];
  readonly ended: Capacity['ended'];
  /** Why the target could no longer be loaded; null where it could. */
  readonly lost: RelayBenchError | null;
}

/** Every run takes that much for its processes, its connections and its last answers. */
export const OVERHEAD_MS = 3_000;
const CALM_TIMES = { durationMs: 1_000, warmupMs: 0 } as const;
/** Of the lowest level: light for any relay that can be measured at all. */
const CALM_SHARE = 1 / 8;

/**
 * Carries out a search step by step. What goes wrong in the midst of it ends it with what is known; only a first step that
 * can't be carried out is an error.
 * @throws RelayBenchError what the first step throws
 */
export async function findLimit(request: LimitRequest): Promise<Found> {
  const { levels, of, isInterrupted, budgetMs, nowNs = monotonicNs } = request;
  const beganNs = nowNs();
  const steps: CapacityStep[] = [];
  for (;;) {
    if (isInterrupted()) return { steps, ended: 'interrupted', lost: null };
    const next = nextStep(levels.search, trialsOf(steps, of));
    if (next.kind === 'done') return { steps, ended: next.why, lost: null };
    const leftMs = (): number => budgetMs - (nowNs() - beganNs) / NS_PER_MS;
    const end = await takeStep(request, next, { steps, leftMs });
    if (end !== null) return { steps, ...end };
  }
}

interface SoFar {
  /** The step is added. */
  readonly steps: CapacityStep[];
  /** Of the budget. */
  readonly leftMs: () => number;
}

type End = Omit<Found, 'steps'>;
type Try = Extract<Next, { kind: 'try' }>;

/** Carries out one step. @returns why the search ends with it; null where it goes on */
async function takeStep(request: LimitRequest, next: Try, { steps, leftMs }: SoFar): Promise<End | null> {
  const planned = plannedStep(request, next, steps.length + 1);
  const plan = await planOrReason(request, next.level, steps.length === 0);
  if (typeof plan === 'string') {
    steps.push(impossibleStep(planned, plan));
    request.say.after(impossibleStep(planned, plan));
    return null;
  }
  const spareMs = leftMs() - lengthMs(plan) - OVERHEAD_MS;
  if (spareMs < 0) {
    if (steps.length === 0) throw budgetTooSmall(plan);
    return { ended: 'budget', lost: null };
  }
  await rest(request, steps, spareMs);
  if (request.isInterrupted()) return { ended: 'interrupted', lost: null };
  request.say.before(planned, steps, leftMs());
  try {
    const step = await carryOut(request, planned, plan);
    steps.push(step);
    request.say.after(step);
    return null;
  } catch (error) {
    return endOf(error, steps.length === 0, request);
  }
}

/** What an error in the midst of a search is: an interruption, a target that has gone, or none of the search's business. */
function endOf(error: unknown, isFirst: boolean, { isInterrupted }: LimitRequest): End {
  if (isFirst) throw error;
  if (isInterrupted()) return { ended: 'interrupted', lost: null };
  const isGone = error instanceof RelayBenchError && error.exitCode === EXIT.unreachable;
  if (isGone) return { ended: 'target-lost', lost: error };
  throw error;
}

function plannedStep({ levels }: LimitRequest, next: Try, number: number): PlannedStep {
  return { number, why: next.why, ...levels.numbersAt(next.level) };
}

async function carryOut(
  { measure, keep, levels }: LimitRequest,
  step: PlannedStep,
  plan: Plan,
): Promise<CapacityStep> {
  const file = join('steps', fileName(step), 'run.json');
  const record = await measure(plan);
  await keep(record, file);
  return readStep(step, record, { unit: levels.unit, file });
}

/** `04-375-100`: number, rate, connections. */
function fileName({ number, rate_per_s, connections }: PlannedStep): string {
  return `${String(number).padStart(2, '0')}-${rate_per_s}-${connections}`;
}

/** The plan of a level, or why it can't be carried out here. */
async function planOrReason(
  { levels, requireRoom }: LimitRequest,
  level: number,
  isFirst: boolean,
): Promise<Plan | string> {
  try {
    const plan = await levels.planAt(level);
    requireRoom(plan);
    return plan;
  } catch (error) {
    const isOurs =
      error instanceof RelayBenchError && ['PLAN_IMPOSSIBLE', 'LIMIT_TOO_LOW'].includes(error.code);
    if (isFirst || !isOurs) throw error;
    return messageOf(error);
  }
}

/** Lets a target that was overloaded come to rest before it is loaded again, as long as that leaves the next step its time. */
async function rest(request: LimitRequest, steps: CapacityStep[], mostMs: number): Promise<void> {
  const { isKept, isInterrupted, levels, measure, of, say, nowNs = monotonicNs } = request;
  const at = steps.findLastIndex(({ file }) => file !== null);
  const last = steps[at];
  if (!isKept || last?.verdict !== 'broken' || last.coolDown !== null) return;
  const lowest = Math.min(...trialsOf(steps, of).map(({ level }) => level));
  const plan = await levels.planAt(of === 'rate' ? lowest * CALM_SHARE : lowest, CALM_TIMES);
  try {
    const result = await coolDown({ plan: { ...plan, abort: null }, measure, isInterrupted, mostMs, nowNs });
    steps[at] = { ...last, coolDown: result };
    if (!isInterrupted()) say.rested(result);
  } catch (error) {
    // Whether it comes back is for the next step to see.
    steps[at] = { ...last, coolDown: { waited_s: 0, calm: false } };
    if (!(error instanceof RelayBenchError)) throw error;
  }
}

function budgetTooSmall(plan: Plan): RelayBenchError {
  const seconds = Math.ceil((lengthMs(plan) + OVERHEAD_MS) / 1_000);
  return new RelayBenchError(`one step alone takes ${seconds} s`, {
    code: 'PLAN_IMPOSSIBLE',
    hint: 'give it a longer --budget, or a shorter --duration and --warmup',
  });
}

/** The time since `beganNs` in seconds. */
export function secondsSince(beganNs: number): number {
  return (monotonicNs() - beganNs) / NS_PER_S;
}
