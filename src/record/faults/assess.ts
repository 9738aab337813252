import { own } from '../../base/own.ts';
import { COUNTER_NAMES, counterDefinition } from '../../metric/counters.ts';
import { LatencyHistogram } from '../../metric/histogram.ts';
import type { FaultLog } from '../../result/fault-log.ts';
import { MOMENT_MS, type Moments } from '../../result/moments.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { IntervalRow } from '../../result/schema.ts';
import {
  type Baseline,
  baselineOf,
  isGood,
  LEAST_SECONDS,
  LOAD_LATENCIES,
  longestSilenceMs,
} from './baseline.ts';
import type { FaultEntry } from './fault-schema.ts';
import { firstSignMs } from './signs.ts';

/** What a fault is judged by. */
export interface Observed {
  readonly result: Pick<RunResult, 'intervals' | 'load' | 'moments' | 'counters'>;
  /** Ids of acknowledged events that were not found; null where nothing was audited. */
  readonly lost: readonly string[] | null;
}

/** So many good seconds in a row end a fault. */
export const GOOD_SECONDS = 3;
/** No second that begins so late after a fault is its doing, where none before was worse. */
const HORIZON_S = 3;
/** Fewer answers a slice leave slices empty by chance. */
const ANSWERS_A_SLICE = 2;

/** The faults of a run with what they did, in the order in which they struck. */
export function assessFaults(logs: readonly FaultLog[], observed: Observed): FaultEntry[] {
  const { phases } = observed.result.load;
  const measured = phases.filter(({ kind }) => kind === 'measured');
  const from_s = measured[0]?.start_s ?? 0;
  const end_s = measured.at(-1)?.end_s ?? 0;
  const struck = logs.flatMap(({ struckMs }) => struckMs ?? []);
  const firstMs = Math.min(...struck, end_s * 1_000);
  const before = observed.result.intervals.filter(({ t }) => t >= from_s && (t + 1) * 1_000 <= firstMs);
  const moments = observed.result.moments ?? null;
  const usual = baselineOf(before, moments);
  return logs.map((log) => {
    const next = Math.min(
      ...struck.filter((ms) => log.struckMs !== null && ms > log.struckMs),
      end_s * 1_000,
    );
    return entryOf(log, { observed, usual, moments, nextMs: next, isOnly: struck.length === 1 });
  });
}

interface Setting {
  readonly observed: Observed;
  readonly usual: Baseline | null;
  readonly moments: Moments | null;
  /** When the next fault struck, or the load ended. */
  readonly nextMs: number;
  readonly isOnly: boolean;
}

/** A figure, or why there is none. */
type Figure = { readonly value: number } | { readonly why: string };

function entryOf(log: FaultLog, setting: Setting): FaultEntry {
  const { struckMs, plannedMs } = log;
  const plain = {
    at: (struckMs ?? plannedMs) / 1_000,
    action: log.action,
    on: log.on,
    parts: [...log.parts],
    forMs: log.forMs,
    undoneMs: log.undoneMs === null || struckMs === null ? null : log.undoneMs - struckMs,
    detail: log.detail,
    problem: log.problem,
    notices: log.notices.map(({ atMs, text }) => ({ afterMs: atMs - (struckMs ?? 0), text })),
    baseline: setting.usual,
  };
  if (struckMs === null) return { ...plain, ...nothing('it did not happen') };
  const seconds = secondsFrom(struckMs, setting);
  const recovered = recoveryOf(struckMs, log, setting);
  const reasons = sumReasons(seconds);
  const figures: Readonly<Record<string, Figure>> = {
    detectedMs: detectionOf(struckMs, log, setting),
    recoveredMs: recovered,
    silenceMs: silenceOf(struckMs, setting),
    lost: lostOf(setting),
    duplicated: duplicatedOf(setting, reasons),
    outOfOrder: { why: 'relays promise no order of live events (NIP-01): none can be broken' },
  };
  const figureOf = (name: string): number | null => {
    const figure = own(figures, name);
    return figure !== undefined && 'value' in figure ? figure.value : null;
  };
  const whys = Object.entries(figures).flatMap(([name, figure]) =>
    'why' in figure ? [[name, figure.why]] : [],
  );
  const overMs = 'value' in recovered ? struckMs + recovered.value : setting.nextMs;
  return {
    ...plain,
    detectedMs: figureOf('detectedMs'),
    detectedBy: detectorOf(log, struckMs, figureOf('detectedMs')),
    recoveredMs: figureOf('recoveredMs'),
    silenceMs: figureOf('silenceMs'),
    reasons,
    errors: seconds.reduce((sum, { errors }) => sum + errors, 0),
    p99_us: p99Of(seconds.filter(({ t }) => t * 1_000 < Math.max(overMs, struckMs + 1))),
    lost: figureOf('lost'),
    duplicated: figureOf('duplicated'),
    outOfOrder: figureOf('outOfOrder'),
    notMeasured: Object.fromEntries(whys),
  };
}

const FIGURES = ['detectedMs', 'recoveredMs', 'silenceMs', 'lost', 'duplicated', 'outOfOrder'] as const;

function nothing(
  why: string,
): Omit<
  FaultEntry,
  'at' | 'action' | 'on' | 'parts' | 'forMs' | 'undoneMs' | 'detail' | 'problem' | 'notices' | 'baseline'
> {
  const none = {
    detectedMs: null,
    recoveredMs: null,
    silenceMs: null,
    lost: null,
    duplicated: null,
    outOfOrder: null,
  };
  const notMeasured = Object.fromEntries(FIGURES.map((name) => [name, why]));
  return { ...none, detectedBy: null, reasons: {}, errors: 0, p99_us: {}, notMeasured };
}

/** Rows from the second in which a fault struck until that in which the next one did; of the last one, all. */
function secondsFrom(struckMs: number, { observed, nextMs }: Setting): readonly IntervalRow[] {
  const { load, intervals } = observed.result;
  const isLast = nextMs >= (load.phases.at(-1)?.end_s ?? 0) * 1_000;
  return intervals.filter(
    ({ t }) => t >= Math.floor(struckMs / 1_000) && (isLast || t < Math.floor(nextMs / 1_000)),
  );
}

/** The earlier one of what the stack did and what clients saw. */
function detectionOf(struckMs: number, log: FaultLog, { usual, moments, nextMs }: Setting): Figure {
  const noticed = log.notices[0]?.atMs ?? null;
  const seen =
    moments === null || usual === null
      ? null
      : firstSignMs(
          moments,
          { fromMs: struckMs, toMs: nextMs },
          { silenceMs: usual.silenceMs ?? 0, hasErrors: usual.errors > 0 },
        );
  const times = [noticed, seen].filter((ms) => ms !== null);
  if (times.length > 0) return { value: Math.min(...times) - struckMs };
  return { why: usual === null ? tooFew() : 'neither the stack nor a client showed a sign of it' };
}

function detectorOf(
  { notices }: FaultLog,
  struckMs: number,
  detectedMs: number | null,
): FaultEntry['detectedBy'] {
  if (detectedMs === null) return null;
  const [first] = notices;
  return first !== undefined && first.atMs - struckMs <= detectedMs ? 'stack' : 'clients';
}

/** The first of three good seconds in a row, behind the last bad one that follows from the fault. */
function recoveryOf(struckMs: number, { forMs }: FaultLog, { usual, observed, nextMs }: Setting): Figure {
  if (usual === null) return { why: tooFew() };
  const first = Math.floor(struckMs / 1_000);
  const whole = observed.result.intervals.filter(({ t }) => t >= first && (t + 1) * 1_000 <= nextMs);
  const horizon = struckMs / 1_000 + (forMs ?? 0) / 1_000 + HORIZON_S;
  const begin = whole.findIndex((row) => !isGood(row, usual));
  if (begin < 0 || (whole[begin]?.t ?? 0) > horizon)
    return whole.length < GOOD_SECONDS ? { why: tooShort() } : { value: 0 };
  let inARow = 0;
  for (const row of whole.slice(begin)) {
    inARow = isGood(row, usual) ? inARow + 1 : 0;
    if (inARow === GOOD_SECONDS) return { value: (row.t - GOOD_SECONDS + 1) * 1_000 - struckMs };
  }
  return { why: tooShort() };
}

function silenceOf(struckMs: number, { moments, nextMs, usual }: Setting): Figure {
  if (moments === null) return { why: 'answers were not counted in slices of time' };
  const slices = Math.max(1, Math.floor(struckMs / MOMENT_MS));
  const answers = moments.answers.slice(0, slices).reduce((sum, count) => sum + count, 0);
  if (usual === null || answers / slices < ANSWERS_A_SLICE)
    return { why: `fewer than ${ANSWERS_A_SLICE} answers in ${MOMENT_MS} ms: silence is usual` };
  return { value: longestSilenceMs(moments, struckMs, nextMs) };
}

function lostOf({ observed: { lost }, isOnly }: Setting): Figure {
  if (lost === null) return { why: 'nothing was read back: --audit' };
  if (lost.length === 0 || isOnly) return { value: lost.length };
  return { why: 'the run has several faults: its audit says what all of them cost' };
}

/** Counters of what came a second time, and what each of them is out of. */
const REPEATS = COUNTER_NAMES.flatMap((name) => {
  const { isRepeat, trouble } = counterDefinition(name);
  return isRepeat === true ? [{ name, outOf: trouble?.outOf ?? null }] : [];
});

function duplicatedOf({ observed }: Setting, reasons: FaultEntry['reasons']): Figure {
  const counters: Readonly<Record<string, unknown>> = observed.result.counters;
  const expected = REPEATS.filter(({ outOf }) => outOf === null || own(counters, outOf) !== 0);
  return expected.length === 0
    ? { why: 'nothing was expected that could have come twice' }
    : { value: expected.reduce((sum, { name }) => sum + (own(reasons, name) ?? 0), 0) };
}

function sumReasons(rows: readonly IntervalRow[]): FaultEntry['reasons'] {
  const sums = new Map<string, number>();
  for (const { reasons = {} } of rows) {
    for (const [reason, count] of Object.entries(reasons)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}

/** Exact where the seconds have kept their histograms, which runs with faults do; null where too few ended. */
function p99Of(rows: readonly IntervalRow[]): FaultEntry['p99_us'] {
  const entries = LOAD_LATENCIES.flatMap((name) => {
    const seconds = rows.flatMap((row) => row.latencies[name] ?? []);
    if (seconds.length === 0) return [];
    const all = new LatencyHistogram();
    for (const { hdr, censored = 0 } of seconds) {
      if (hdr !== undefined) all.add(LatencyHistogram.decoded(hdr));
      all.censor(censored);
    }
    return [[name, all.percentileOfAll(99)] as const];
  });
  return Object.fromEntries(entries);
}

/** One sample a fault for each latency of the catalogue that faults have; what never came is beyond any number. */
export function faultHistograms(faults: readonly FaultEntry[]): ReadonlyMap<string, LatencyHistogram> {
  const happened = faults.filter(({ problem }) => problem === null);
  const series = {
    fault_detection: happened.flatMap(({ detectedMs, recoveredMs }) =>
      // What disturbed nobody leaves nothing to be detected.
      detectedMs === null && recoveredMs === 0 ? [] : [detectedMs],
    ),
    fault_recovery: happened.map(({ recoveredMs }) => recoveredMs),
    fault_silence: happened.flatMap(({ silenceMs }) => silenceMs ?? []),
  };
  const filled = Object.entries(series).filter(([, values]) => values.length > 0);
  return new Map(filled.map(([name, values]) => [name, histogramOf(values)]));
}

function histogramOf(values_ms: readonly (number | null)[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of values_ms) {
    if (ms === null) histogram.censor();
    else histogram.record(ms * 1_000);
  }
  return histogram;
}

function tooFew(): string {
  return `fewer than ${LEAST_SECONDS} measured seconds with answers before the first fault: nobody knows what is usual`;
}

function tooShort(): string {
  return `the load, or the time until the next fault, ended before ${GOOD_SECONDS} good seconds in a row`;
}
