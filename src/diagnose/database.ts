import type { Cause, Suspect } from './causes.ts';
import { sharedCores, surenessOf } from './processes.ts';
import {
  figure,
  meanCpu,
  meanFigure,
  meanOf,
  type Part,
  partsOf,
  readAt,
  type Sample,
  secondsWith,
  type View,
} from './view.ts';
import { ofText, percentText, shortNumber, spansText } from './words.ts';

/** As a share of the cores that are there. */
const BUSY_CORES = 0.75;
/** Where all cores are busy, whoever has more than half of them has taken them from the others. */
const HALF = 0.5;
/** Statements at work that wait for the same thing, on average: fewer are everyday. */
const WAITING = 1;
/** Of the statements at work; below it something else takes their time. */
const WAITING_SHARE = 0.4;
/** Queries that wait for a connection in a relay. */
const POOL_WAITING = 1;
/** Older reads are noticed by users: an event that was acknowledged is not found. */
const LAG_MS = 1_000;
/** Events that wait to be verified in a relay. */
const VERIFY_QUEUE = 20;

/** What Postgres, the way to it and the verification before it tell. */
export function waitsBehindRelays(view: View): readonly Suspect[] {
  return [
    ...partsOf(view, 'primary', 'replica').flatMap((part) => [
      ...busyPostgres(view, part),
      ...waiting(view, part, { cause: 'postgres-locks', key: 'waitingForLocks', what: 'a lock' }),
      ...waiting(view, part, { cause: 'postgres-io', key: 'waitingForIo', what: 'the disk' }),
    ]),
    ...partsOf(view, 'replica').flatMap((part) => lagging(view, part)),
    ...partsOf(view, 'relay').flatMap((part) => [
      ...queueing(view, part, {
        cause: 'pool-wait',
        key: 'poolWaiting',
        least: POOL_WAITING,
        what: 'queries waited for a connection to the database',
      }),
      ...queueing(view, part, {
        cause: 'verification',
        key: 'verifyQueue',
        least: VERIFY_QUEUE,
        what: 'events waited to be verified',
      }),
    ]),
  ];
}

/** Busy by its CPU, of a machine that is full by more than all else together, or by more statements at work than there are cores, none of them waiting. */
function busyPostgres(view: View, part: Part): readonly Suspect[] {
  const { cpus } = view.record.environment;
  const full = new Set(sharedCores(view)?.full);
  const isBusy = (sample: Sample, t: number): boolean =>
    (sample.cpuShare ?? 0) >= (full.has(t) ? HALF : BUSY_CORES) * cpus ||
    (figure(sample, 'running') ?? 0) >= 2 * cpus;
  const seconds = secondsWith(view, part, isBusy);
  const sureness = surenessOf(seconds, view.seconds);
  if (sureness === null) return [];
  const running = meanFigure(view, part, 'running');
  const cores = meanCpu(part, seconds) ?? 0;
  const evidence = [
    `${part.name} used ${shortNumber(cores)} of ${cpus} cores in ${ofText(seconds, view.seconds)} (${spansText(seconds)})`,
    ...(running === null
      ? []
      : [`${shortNumber(running)} statements were at work without waiting for anything`]),
  ];
  return [{ cause: 'postgres-cpu', component: part.name, sureness, seconds, evidence }];
}

interface Wait {
  readonly cause: Cause;
  readonly key: string;
  readonly what: string;
}

function waiting(view: View, part: Part, { cause, key, what }: Wait): readonly Suspect[] {
  const isWaiting = (sample: Sample): boolean => {
    const count = figure(sample, key) ?? 0;
    const active = figure(sample, 'active') ?? count;
    return count >= WAITING && count >= WAITING_SHARE * active;
  };
  const seconds = secondsWith(view, part, isWaiting);
  const sureness = surenessOf(seconds, view.seconds);
  if (sureness === null) return [];
  const means = ['active', key].map((name) => meanOf(valuesIn(part, seconds, name)) ?? 0);
  const [active = 0, count = 0] = means;
  const evidence = [
    `in ${part.name} ${shortNumber(count)} of ${shortNumber(active)} statements at work waited for ${what} in ${ofText(seconds, view.seconds)} (${spansText(seconds)})`,
    ...(cause === 'postgres-io' ? hitText(part) : []),
  ];
  return [{ cause, component: part.name, sureness, seconds, evidence }];
}

function valuesIn(part: Part, seconds: readonly number[], key: string): readonly (number | null)[] {
  return seconds.map((t) => readAt(part, t, key));
}

/** How much of what was read lay in memory. */
function hitText({ usage: { figures } }: Part): string[] {
  const hit = figures?.['blocksHit_total'] ?? 0;
  const read = figures?.['blocksRead_total'] ?? 0;
  return hit + read === 0
    ? []
    : [`${percentText(hit / (hit + read))} of the blocks that it read lay in its memory`];
}

function lagging(view: View, part: Part): readonly Suspect[] {
  const seconds = secondsWith(view, part, (sample) => (figure(sample, 'replayLag_ms') ?? 0) >= LAG_MS);
  const sureness = surenessOf(seconds, view.seconds);
  if (sureness === null) return [];
  const most = Math.max(...valuesIn(part, seconds, 'replayLag_ms').map((lag) => lag ?? 0));
  const text = `${part.name} was up to ${shortNumber(most / 1_000)} s behind the primary, and more than ${LAG_MS / 1_000} s in ${ofText(seconds, view.seconds)} (${spansText(seconds)})`;
  return [{ cause: 'replication-lag', component: part.name, sureness, seconds, evidence: [text] }];
}

interface Queue {
  readonly cause: Cause;
  readonly key: string;
  readonly least: number;
  readonly what: string;
}

function queueing(view: View, part: Part, { cause, key, least, what }: Queue): readonly Suspect[] {
  const seconds = secondsWith(view, part, (sample) => (figure(sample, key) ?? 0) >= least);
  const sureness = surenessOf(seconds, view.seconds);
  if (sureness === null) return [];
  const mean = meanOf(valuesIn(part, seconds, key)) ?? 0;
  const text = `in ${part.name} ${shortNumber(mean)} ${what} in ${ofText(seconds, view.seconds)} (${spansText(seconds)})`;
  return [{ cause, component: part.name, sureness, seconds, evidence: [text] }];
}
