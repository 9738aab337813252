import { NS_PER_MS, NS_PER_US } from '../base/clock.ts';
import type { Doubt, Invalidity } from '../judge/blame.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';

/** An arrival written later than this after its time was not offered as planned. */
const LATE_US = (5 * NS_PER_MS) / NS_PER_US;
const LOOP_DELAY_LIMIT_US = (10 * NS_PER_MS) / NS_PER_US;
const MOST_SATURATED_SECONDS = 0.1;
const LEAST_WRITTEN = 0.99;

/** What the verdict on the generator is made of; measured phases only. */
export interface ValidityInput {
  readonly model: 'open' | 'closed';
  readonly offered: number;
  readonly written: number;
  readonly droppedArrivals: number;
  readonly sendLag: LatencyHistogram | undefined;
  /** Median of the latency that the run is about; the loop may be late by as much without spoiling it. */
  readonly medianLatency_us: number | null;
  readonly loopDelayP99_us: number | null;
  readonly saturatedShare: number;
  readonly lostWorkers: readonly string[];
}

/** What the generator's own doing means for the run. */
export interface GeneratorBlame {
  /** The load was not offered: nothing can be said about the target. */
  readonly invalidities: readonly Invalidity[];
  /** Figures may be too high. */
  readonly doubts: readonly Doubt[];
}

/**
 * Whether the numbers can be trusted: a generator that was itself the bottleneck measured itself. Rules M3 and M5
 * of docs/measurement.md.
 */
export function blameGenerator(input: ValidityInput): GeneratorBlame {
  const lost = input.lostWorkers.map(
    (loss): Invalidity => ({ kind: 'worker-lost', text: `worker lost: ${loss}` }),
  );
  const isOpen = input.model === 'open';
  return {
    invalidities: [...lost, ...(isOpen ? notOffered(input) : [])],
    doubts: [...saturation(input), ...(isOpen ? lateness(input) : [])],
  };
}

function saturation({ saturatedShare, loopDelayP99_us, medianLatency_us }: ValidityInput): Doubt[] {
  const doubts: Doubt[] = [];
  if (saturatedShare > MOST_SATURATED_SECONDS) {
    doubts.push({
      kind: 'generator-saturated',
      text: `generator saturated: its event loop was busy more than 90 % of the time in ${percent(saturatedShare)} of the seconds`,
    });
  }
  const limit_us = Math.max(LOOP_DELAY_LIMIT_US, medianLatency_us ?? 0);
  if (loopDelayP99_us !== null && loopDelayP99_us > limit_us) {
    doubts.push({
      kind: 'generator-delayed',
      text: `generator delayed: its event loop was late by ${milliseconds(loopDelayP99_us)} (p99), the limit is ${milliseconds(limit_us)}`,
    });
  }
  return doubts;
}

function notOffered({ offered, written, droppedArrivals }: ValidityInput): Invalidity[] {
  const texts: string[] = [];
  if (droppedArrivals > 0) texts.push(`${droppedArrivals} of ${offered} arrivals were never written`);
  if (written < offered * LEAST_WRITTEN)
    texts.push(`offered rate not reached: ${written} of ${offered} operations were written`);
  return texts.map((text) => ({ kind: 'load-not-offered', text }));
}

function lateness({ sendLag }: ValidityInput): Doubt[] {
  const lag_us = sendLag?.percentile(99) ?? null;
  if (lag_us === null || lag_us <= LATE_US) return [];
  return [
    {
      kind: 'generator-late',
      text: `generator late: 1 % of the operations were written more than ${milliseconds(lag_us)} after their time, the limit is ${milliseconds(LATE_US)}`,
    },
  ];
}

/** Reasons for a failed connection that name a limit of this machine, not the target. */
const MACHINE_LIMITS: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'EADDRNOTAVAIL',
  'ENOBUFS',
  'ENOMEM',
]);

/** Connections that this machine had no room for. @param errors failed connections by reason */
export function blameMachine(errors: Readonly<Record<string, number>>): readonly Invalidity[] {
  return Object.entries(errors)
    .filter(([reason, count]) => MACHINE_LIMITS.has(reason) && count > 0)
    .map(([reason, count]) => ({
      kind: 'machine-exhausted',
      text: `this machine had no room for ${count} connections: ${reason}`,
    }));
}

function milliseconds(value_us: number): string {
  return `${(value_us / 1_000).toFixed(1)} ms`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
