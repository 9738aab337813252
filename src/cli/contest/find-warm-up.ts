import { NS_PER_MS } from '../../base/clock.ts';
import { own } from '../../base/own.ts';
import { settlingOf } from '../../compare/settling.ts';
import { HEADLINES } from '../../metric/catalogue.ts';
import type { IntervalRow, RunRecord } from '../../record/schema.ts';
import type { Contender } from './contender.ts';
import type { RunOnce } from './hold-rounds.ts';

/** So long is looked at how a run begins, without a warm-up; at most half of it is found to be the start. */
export const LOOK_MS = 30_000;
/** The p95 of fewer operations in a second is that of one or two of them. */
const ENOUGH_A_SECOND = 100;
const MS_PER_S = 1_000;

export interface FindWarmUpRequest {
  readonly contenders: readonly Contender[];
  /** Carries out a run of {@link LOOK_MS} without a warm-up. */
  readonly runOnce: RunOnce;
  /** What is left out at least, ms: the warm-up of the scenario. */
  readonly leastMs: number;
  readonly say: (line: string) => void;
}

/**
 * How long the start of a run takes against any of the contenders, in ms: relays and generators that begin cold are slower until what they do
 * often is compiled and cached, and how long that takes depends on load and machine.
 */
export async function findWarmUp({ contenders, runOnce, leastMs, say }: FindWarmUpRequest): Promise<number> {
  let foundMs = leastMs;
  for (const one of contenders) {
    say(`${one.name}: how long a run takes to settle`);
    const { seconds, isSettled } = settlingOfRun(await runOnce(one));
    foundMs = Math.max(foundMs, seconds * MS_PER_S);
    say(
      isSettled
        ? `${one.name}: settled after ${seconds} s`
        : `${one.name}: had not settled after ${seconds} s; runs are compared from there on`,
    );
  }
  return foundMs;
}

/** The longest of the latencies that are read. */
export function settlingOfRun(record: Pick<RunRecord, 'intervals' | 'load'>): ReturnType<typeof settlingOf> {
  const found = secondsOf(record).map(settlingOf);
  return {
    seconds: Math.max(0, ...found.map(({ seconds }) => seconds)),
    isSettled: found.every(({ isSettled }) => isSettled),
  };
}

/** The p95 of each measured second, of every latency that users wait for and of which enough operations end. */
function secondsOf({ intervals, load }: Pick<RunRecord, 'intervals' | 'load'>): number[][] {
  const end_s = load.phases.at(-1)?.end_s ?? 0;
  const rows = intervals.filter(({ t }) => t + 1 <= end_s);
  return HEADLINES.map((name) => rows.flatMap((row) => p95Of(row, name)));
}

function p95Of({ latencies }: IntervalRow, name: string): number[] {
  const { count = 0, p95_us = null } = own(latencies, name) ?? {};
  return count < ENOUGH_A_SECOND || p95_us === null || p95_us === 0 ? [] : [p95_us];
}

/** Of a plan: how long its load is not measured, ms. */
export function warmUpMsOf(phases: readonly { readonly kind: string; readonly endNs: number }[]): number {
  const [first] = phases;
  return first?.kind === 'warm-up' ? first.endNs / NS_PER_MS : 0;
}
