import { digitsBeside } from '../base/beside.ts';
import { shareAtLeast } from '../base/binomial-bound.ts';
import { NS_PER_MS, NS_PER_US } from '../base/clock.ts';
import type { Doubt, Invalidity } from '../judge/blame.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';
import { COLD_S, NO_SECONDS, type SecondsOfGenerator } from './health-summary.ts';
import { SHORTEST_GAP_US } from './worker/loop-delay.ts';

/** An arrival written later than this after its time was not offered as planned. */
export const LATE_US = (5 * NS_PER_MS) / NS_PER_US;
/** A loop that is late by no more than this (p99) spoils nothing, whatever the latencies. */
export const DELAYED_US = SHORTEST_GAP_US;
/** More than this part is in doubt; see {@link isSurelyAbove}. */
const MOST_LATE = 0.01;
const MOST_BAD_SECONDS = 0.1;
const LEAST_WRITTEN = 0.99;

/** What the generator did in the measured phases, or in one of them. */
export interface GeneratorPart {
  /** Operations that were written. */
  readonly written: number;
  readonly sendLag: LatencyHistogram | undefined;
  /** Median of the latency that the run is about; the loop may be late by as much without spoiling it. */
  readonly medianLatency_us: number | null;
  readonly seconds: SecondsOfGenerator;
}

/** What the verdict on the generator is made of; measured phases only. */
export interface ValidityInput extends GeneratorPart {
  readonly model: 'open' | 'closed';
  readonly offered: number;
  /** Of those written: so late that nobody could have answered them in time. */
  readonly writtenTooLate: number;
  readonly droppedArrivals: number;
  /** Late operations of the first {@link COLD_S} seconds, where no warm-up went before; null where one did. */
  readonly lateWhileCold: number | null;
  readonly lostWorkers: readonly string[];
  /** Each measured phase by itself, where there are several; a part of a run must not hide in the whole. */
  readonly phases: readonly (GeneratorPart & { readonly name: string })[];
}

/** For whoever looks at the schedule alone. */
export const NO_BAD_SECONDS: ValidityInput['seconds'] = {
  saturated: () => NO_SECONDS,
  delayed: () => NO_SECONDS,
  interrupted: () => 0,
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
  const findings = findingsOf(input, { model: input.model, where: '', lateWhileCold: input.lateWhileCold });
  const sure = findings.filter(({ isSure }) => isSure);
  const ofPhases = phaseFindings(input, new Set(sure.map(({ kind }) => kind)));
  const doubted = new Set([...sure, ...ofPhases].map(({ kind }) => kind));
  return {
    invalidities: [...lost, ...(input.model === 'open' ? notOffered(input) : [])],
    doubts: [...sure, ...ofPhases].map(({ kind, text }) => ({ kind, text })),
    caveats: findings.filter(({ isSure, kind }) => !isSure && !doubted.has(kind)).map(({ text }) => text),
  };
}

/** What is beyond doubt in single phases, unless the whole run says the same. */
function phaseFindings({ model, phases }: ValidityInput, known: ReadonlySet<string>): readonly Finding[] {
  return phases.flatMap(({ name, ...part }) =>
    findingsOf(part, { model, where: ` in phase ${name}`, lateWhileCold: null }).filter(
      ({ isSure, kind }) => isSure && !known.has(kind),
    ),
  );
}

interface Circumstances extends Pick<ValidityInput, 'model' | 'lateWhileCold'> {
  /** Names the phase; empty for the whole run. */
  readonly where: string;
}

function findingsOf(part: GeneratorPart, how: Circumstances): readonly Finding[] {
  const byModel = how.model === 'open' ? lateness(part, how) : interruption(part, how);
  return [saturation(part, how), delay(part, how), byModel].filter((finding) => finding !== null);
}

interface Finding extends Doubt {
  /** Whether it happened more often than chance explains. */
  readonly isSure: boolean;
}

/** Whether a share is above `most` with 95 % confidence: two late writes of 180 may be chance, 20 of 1,800 are none. */
function isSurelyAbove(most: number, bad: number, all: number): boolean {
  return shareAtLeast(bad, all) > most;
}

function saturation({ seconds }: GeneratorPart, { where, lateWhileCold }: Circumstances): Finding | null {
  const { bad, measured, cold } = seconds.saturated();
  if (bad === 0) return null;
  return {
    kind: 'generator-saturated',
    isSure: isSurelyAbove(MOST_BAD_SECONDS, bad, measured),
    text: `generator saturated${where}: its event loop was busy more than 90 % of the time in ${bad} of ${measured} seconds${coldly(lateWhileCold !== null, cold, bad)}`,
  };
}

function delay(part: GeneratorPart, { where, lateWhileCold }: Circumstances): Finding | null {
  const { seconds } = part;
  const limit_us = delayLimit_us(part);
  const { bad, measured, cold } = seconds.delayed(limit_us);
  if (bad === 0) return null;
  return {
    kind: 'generator-delayed',
    isSure: isSurelyAbove(MOST_BAD_SECONDS, bad, measured),
    text: `generator delayed${where}: its event loop was late by more than ${milliseconds(limit_us, [DELAYED_US])} (p99) in ${bad} of ${measured} seconds${coldly(lateWhileCold !== null, cold, bad)}`,
  };
}

/** A loop that is late by less spoils nothing. */
function delayLimit_us({ medianLatency_us }: GeneratorPart): number {
  return Math.max(DELAYED_US, medianLatency_us ?? 0);
}

/**
 * Where replies set the pace nothing is late by a schedule: a loop that stands still keeps the next operations from being
 * sent, and all that is in flight waits for it. So its gaps are held against those.
 */
function interruption(part: GeneratorPart, { where }: Circumstances): Finding | null {
  const limit_us = delayLimit_us(part);
  const all = part.written;
  const waiting = Math.min(all, part.seconds.interrupted(limit_us));
  if (waiting === 0) return null;
  return {
    kind: 'generator-interrupted',
    isSure: isSurelyAbove(MOST_LATE, waiting, all),
    text: `generator interrupted${where}: its event loop stood still for more than ${milliseconds(limit_us)} while ${waiting} of ${all} operations waited for their answers`,
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

function lateness({ sendLag }: GeneratorPart, { where, lateWhileCold }: Circumstances): Finding | null {
  const late = sendLag?.countAbove(LATE_US) ?? 0;
  if (sendLag === undefined || late === 0) return null;
  const all = sendLag.count;
  return {
    kind: 'generator-late',
    isSure: isSurelyAbove(MOST_LATE, late, all),
    text: `generator late${where}: ${late} of ${all} operations were written more than ${milliseconds(LATE_US)} after their time${coldly(lateWhileCold !== null, lateWhileCold ?? 0, late)}`,
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
