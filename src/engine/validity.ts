import { digitsBeside } from '../base/beside.ts';
import { shareAtLeast } from '../base/binomial-bound.ts';
import { NS_PER_MS, NS_PER_US } from '../base/clock.ts';
import type { Doubt, Invalidity } from '../judge/blame.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';
import { type BadSeconds, COLD_S, NO_SECONDS } from './health-summary.ts';

/** An arrival written later than this after its time was not offered as planned. */
export const LATE_US = (5 * NS_PER_MS) / NS_PER_US;
const LOOP_DELAY_LIMIT_US = (10 * NS_PER_MS) / NS_PER_US;
/** More than this part is in doubt; see {@link isSurelyAbove}. */
const MOST_LATE = 0.01;
const MOST_BAD_SECONDS = 0.1;
const LEAST_WRITTEN = 0.99;

/** What the verdict on the generator is made of; measured phases only. */
export interface ValidityInput {
  readonly model: 'open' | 'closed';
  readonly offered: number;
  readonly written: number;
  /** Of those written: so late that nobody could have answered them in time. */
  readonly writtenTooLate: number;
  readonly droppedArrivals: number;
  readonly sendLag: LatencyHistogram | undefined;
  /** Median of the latency that the run is about; the loop may be late by as much without spoiling it. */
  readonly medianLatency_us: number | null;
  readonly seconds: {
    saturated(): BadSeconds;
    /** Seconds in which the loop was late by more than this. */
    delayed(limit_us: number): BadSeconds;
  };
  /** Late operations of the first {@link COLD_S} seconds, where no warm-up went before; null where one did. */
  readonly lateWhileCold: number | null;
  readonly lostWorkers: readonly string[];
}

/** For whoever looks at the schedule alone. */
export const NO_BAD_SECONDS: ValidityInput['seconds'] = {
  saturated: () => NO_SECONDS,
  delayed: () => NO_SECONDS,
};

/** What the generator's own doing means for the run. */
export interface GeneratorBlame {
  /** The load was not offered: nothing can be said about the target. */
  readonly invalidities: readonly Invalidity[];
  /** Figures may be too high. */
  readonly doubts: readonly Doubt[];
  /** What happened too rarely for a doubt. */
  readonly caveats: readonly string[];
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
  const findings = [saturation(input), delay(input), isOpen ? lateness(input) : null].filter(
    (finding) => finding !== null,
  );
  return {
    invalidities: [...lost, ...(isOpen ? notOffered(input) : [])],
    doubts: findings.filter(({ isSure }) => isSure).map(({ kind, text }) => ({ kind, text })),
    caveats: findings.filter(({ isSure }) => !isSure).map(({ text }) => text),
  };
}

interface Finding extends Doubt {
  /** Whether it happened more often than chance explains. */
  readonly isSure: boolean;
}

/** Whether a share is above `most` with 95 % confidence: two late writes of 180 may be chance, 20 of 1,800 are none. */
function isSurelyAbove(most: number, bad: number, all: number): boolean {
  return shareAtLeast(bad, all) > most;
}

function saturation({ seconds, lateWhileCold }: ValidityInput): Finding | null {
  const { bad, measured, cold } = seconds.saturated();
  if (bad === 0) return null;
  return {
    kind: 'generator-saturated',
    isSure: isSurelyAbove(MOST_BAD_SECONDS, bad, measured),
    text: `generator saturated: its event loop was busy more than 90 % of the time in ${bad} of ${measured} seconds${coldly(lateWhileCold !== null, cold, bad)}`,
  };
}

function delay({ seconds, medianLatency_us, lateWhileCold }: ValidityInput): Finding | null {
  const limit_us = Math.max(LOOP_DELAY_LIMIT_US, medianLatency_us ?? 0);
  const { bad, measured, cold } = seconds.delayed(limit_us);
  if (bad === 0) return null;
  return {
    kind: 'generator-delayed',
    isSure: isSurelyAbove(MOST_BAD_SECONDS, bad, measured),
    text: `generator delayed: its event loop was late by more than ${milliseconds(limit_us, [LOOP_DELAY_LIMIT_US])} (p99) in ${bad} of ${measured} seconds${coldly(lateWhileCold !== null, cold, bad)}`,
  };
}

function notOffered({ offered, written, writtenTooLate, droppedArrivals }: ValidityInput): Invalidity[] {
  const texts: string[] = [];
  if (droppedArrivals > 0) texts.push(`${droppedArrivals} of ${offered} arrivals were never written`);
  if (written < offered * LEAST_WRITTEN)
    texts.push(`offered rate not reached: ${written} of ${offered} operations were written`);
  else if (written - writtenTooLate < offered * LEAST_WRITTEN)
    texts.push(
      `offered rate not reached: ${writtenTooLate} of ${offered} operations were written only after the measured time`,
    );
  return texts.map((text) => ({ kind: 'load-not-offered', text }));
}

function lateness({ sendLag, lateWhileCold }: ValidityInput): Finding | null {
  const late = sendLag?.countAbove(LATE_US) ?? 0;
  if (sendLag === undefined || late === 0) return null;
  const all = sendLag.count;
  return {
    kind: 'generator-late',
    isSure: isSurelyAbove(MOST_LATE, late, all),
    text: `generator late: ${late} of ${all} operations were written more than ${milliseconds(LATE_US)} after their time${coldly(lateWhileCold !== null, lateWhileCold ?? 0, late)}`,
  };
}

/** Names the cause where at least half of it came from a process that had just begun. */
function coldly(isCold: boolean, cold: number, all: number): string {
  if (!isCold || cold * 2 < all) return '';
  const how = cold === all ? (all === 1 ? '' : 'all ') : `${cold} of them `;
  return `, ${how}in its first ${COLD_S} s: a cold process, which a warm-up avoids`;
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

/** @param beside_us other limits, from which the text tells the value: a median of 10.04 ms is not the usual 10.0 ms */
function milliseconds(value_us: number, beside_us: readonly number[] = []): string {
  const value = value_us / 1_000;
  const limits = beside_us.map((us) => us / 1_000);
  const digits = digitsBeside(value, limits, { least: 1, rounded: (count) => Number(value.toFixed(count)) });
  return `${value.toFixed(digits)} ms`;
}
