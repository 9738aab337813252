import type { Cause, Sureness, Suspect } from './causes.ts';
import {
  figure,
  meanCpu,
  meanOf,
  type Part,
  partsOf,
  readAt,
  type Sample,
  secondsWith,
  type View,
} from './view.ts';
import { ofText, percentText, shortNumber, spansText } from './words.ts';

/** A process with one busy thread does no more from here on: the rest is what sampling blurs. */
const FULL_CORE = 0.9;
/** Of the time in its event loop. */
const FULL_LOOP = 0.9;
/** All cores together, as a share: the kernel has its part in the rest. */
const FULL_MACHINE = 0.92;
/** Below this part of the seconds something was a peak and no bottleneck. */
const LEAST_PART = 0.25;
/** From here on it was so nearly all the time. */
const MOST_PART = 0.6;

/** Whether so many of the seconds make a bottleneck, and how sure it is; null where they do not. */
export function surenessOf(seconds: readonly number[], all: readonly number[]): Sureness | null {
  const part = all.length === 0 ? 0 : seconds.length / all.length;
  if (part < LEAST_PART) return null;
  return part >= MOST_PART ? 'sure' : 'likely';
}

/** Processes that do their work on one thread and had it busy. */
export function busyThreads(view: View): readonly Suspect[] {
  const single = (['haproxy', 'haproxy-db', 'redis'] as const).flatMap((kind) => oneThread(view, kind));
  return [...single, ...relayLoops(view)];
}

function oneThread(view: View, kind: 'haproxy' | 'haproxy-db' | 'redis'): readonly Suspect[] {
  return partsOf(view, kind).flatMap((part) => {
    const seconds = secondsWith(view, part, (sample) => (sample.cpuShare ?? 0) >= FULL_CORE);
    const sureness = surenessOf(seconds, view.seconds);
    return sureness === null ? [] : [cpuSuspect(view, { part, cause: kind, sureness, seconds })];
  });
}

interface Found {
  readonly part: Part;
  readonly cause: Cause;
  readonly sureness: Sureness;
  readonly seconds: readonly number[];
}

function cpuSuspect(view: View, { part, cause, sureness, seconds }: Found): Suspect {
  const cores = meanCpu(part, seconds) ?? 0;
  const text = `${part.name} used ${shortNumber(cores)} cores, of which it can use one, in ${ofText(seconds, view.seconds)} (${spansText(seconds)})`;
  return { cause, component: part.name, sureness, seconds, evidence: [text] };
}

/**
 * Relays whose event loop had no time left. Where it says so itself, that is sure; a relay of which only the CPU is known
 * may have spent it on other threads.
 */
function relayLoops(view: View): readonly Suspect[] {
  return partsOf(view, 'relay').flatMap((part) => {
    const tells = [...part.samples.values()].some((sample) => figure(sample, 'loopBusy') !== null);
    const isFull = (sample: Sample): boolean =>
      tells ? (figure(sample, 'loopBusy') ?? 0) >= FULL_LOOP : (sample.cpuShare ?? 0) >= FULL_CORE;
    const seconds = secondsWith(view, part, isFull);
    const sureness = surenessOf(seconds, view.seconds);
    if (sureness === null) return [];
    return [tells ? loopSuspect(view, part, sureness, seconds) : guessedLoop(view, part, seconds)];
  });
}

function loopSuspect(view: View, part: Part, sureness: Sureness, seconds: readonly number[]): Suspect {
  const read = (key: string): number | null => meanOf(seconds.map((t) => readAt(part, t, key)));
  const busy = read('loopBusy') ?? 0;
  const delay = read('loopDelayP99_ms');
  const evidence = [
    `the event loop of ${part.name} was busy ${percentText(busy)} of the time in ${ofText(seconds, view.seconds)} (${spansText(seconds)})`,
    ...(delay === null ? [] : [`it was late by ${shortNumber(delay)} ms (p99, mean of these seconds)`]),
  ];
  return { cause: 'relay-loop', component: part.name, sureness, seconds, evidence };
}

function guessedLoop(view: View, part: Part, seconds: readonly number[]): Suspect {
  const cores = meanCpu(part, seconds) ?? 0;
  const text = `${part.name} used ${shortNumber(cores)} cores in ${ofText(seconds, view.seconds)} (${spansText(seconds)}); it does not tell how much of that was its event loop`;
  return { cause: 'relay-loop', component: part.name, sureness: 'likely', seconds, evidence: [text] };
}

/** What kept the cores of a machine busy that the generator shares with its target. */
export interface SharedCores {
  readonly cpus: number;
  /** The seconds in which all of them were busy. */
  readonly full: readonly number[];
  /** Of each second, in cores. */
  readonly byGenerator: ReadonlyMap<number, number | null>;
  readonly byOthers: number;
}

/** Null where the generator shares them with nothing that was sampled. */
export function sharedCores({ record, parts, seconds }: View): SharedCores | null {
  const { cpus, sameHostAsTarget, others } = record.environment;
  if (!sameHostAsTarget || parts.length === 0) return null;
  const byGenerator = new Map(record.intervals.map((row) => [row.t, row.cpu] as const));
  const byOthers = others?.cores ?? 0;
  const used = (t: number): number =>
    parts.reduce(
      (sum, part) => sum + (part.samples.get(t)?.cpuShare ?? 0),
      (byGenerator.get(t) ?? 0) + byOthers,
    );
  return { cpus, full: seconds.filter((t) => used(t) >= FULL_MACHINE * cpus), byGenerator, byOthers };
}

/** Every core of the machine busy, whoever keeps them so. Only what runs beside the generator shares its cores. */
export function busyMachine(view: View): readonly Suspect[] {
  const { parts, seconds } = view;
  const shared = sharedCores(view);
  if (shared === null) return [];
  const { cpus, full, byGenerator, byOthers } = shared;
  const sureness = surenessOf(full, seconds);
  if (sureness === null) return [];
  const shares = [
    ...parts.map((part) => [part.name, meanCpu(part, full) ?? 0] as const),
    ['the generator', meanOf(full.map((t) => byGenerator.get(t) ?? null)) ?? 0] as const,
    ['other programs', byOthers] as const,
  ].toSorted(([, a], [, b]) => b - a);
  const top = shares
    .filter(([, cores]) => cores >= LEAST_CORES)
    .map(([name, cores]) => `${name} ${shortNumber(cores)}`);
  const evidence = [
    `all ${cpus} cores were busy in ${ofText(full, seconds)} (${spansText(full)})`,
    `cores in use: ${top.slice(0, MOST_NAMES).join(', ')}`,
  ];
  return [{ cause: 'machine', component: null, sureness, seconds: full, evidence }];
}

const LEAST_CORES = 0.05;
const MOST_NAMES = 6;
