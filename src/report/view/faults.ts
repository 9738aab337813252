import { own } from '../../base/own.ts';
import { ANSWER_LATENCIES } from '../../metric/catalogue.ts';
import type { RunRecord } from '../../record/schema.ts';
import { count, duration, NOTHING } from '../quantity.ts';
import { type Cell, cell, code, columns, type Section } from './document.ts';

type Fault = RunRecord['faults'][number];

const US_PER_MS = 1_000;

/** What was broken, and what came of it; null where nothing was. */
export function faultsSection({ faults }: RunRecord): Section | null {
  if (faults.length === 0) return null;
  const all = columns(
    '>at',
    '~fault',
    '>detected',
    '>recovered',
    '>silence',
    '>errors',
    '>p99?',
    '>lost',
    '>doubled?',
  );
  return {
    title: 'Faults',
    topic: 'verdict',
    note: `silence: the longest time without any answer; p99 of answers until it was over; ${NOTHING} not known`,
    content: { kind: 'table', columns: all, rows: faults.map(faultRow) },
  };
}

function faultRow(fault: Fault): Cell[] {
  const { at, detectedMs, recoveredMs, silenceMs, errors, lost, duplicated } = fault;
  return [
    cell(`${Number(at.toFixed(1))} s`),
    cell(faultText(fault), fault.problem === null ? 'plain' : 'bad'),
    cell(milliseconds(detectedMs)),
    cell(recoveredMs === 0 ? 'at once' : milliseconds(recoveredMs), recoveredMs === null ? 'bad' : 'plain'),
    cell(milliseconds(silenceMs)),
    cell(count(errors), errors > 0 ? 'bad' : 'plain'),
    cell(duration(highestP99(fault))),
    cell(lost === null ? NOTHING : count(lost), (lost ?? 0) > 0 ? 'bad' : 'plain'),
    cell(duplicated === null ? NOTHING : count(duplicated)),
  ];
}

/** Of the kinds of answers the slowest. */
function highestP99({ p99_us }: Fault): number | null {
  const values = ANSWER_LATENCIES.flatMap((name) => own(p99_us, name) ?? []);
  return values.length === 0 ? null : Math.max(...values);
}

/** What was done, and what the stack did about it. */
function faultText({ action, on, parts, forMs, detail, problem, notices }: Fault): string {
  const named = parts.length === 0 || parts.join() === on ? on : `${on} (${parts.join(', ')})`;
  const time = forMs === null ? '' : ` for ${milliseconds(forMs)}`;
  const more = [...(problem === null ? [] : [`failed: ${problem}`]), ...(detail === null ? [] : [detail])];
  const seen = notices.map(({ afterMs, text }) => `${text} after ${milliseconds(afterMs)}`);
  return [`${action} ${named}${time}`, ...more, ...seen.slice(0, MOST_NOTICES)].join('; ');
}

/** The first are those that tell how soon. */
const MOST_NOTICES = 3;

function milliseconds(ms: number | null): string {
  return duration(ms === null ? null : ms * US_PER_MS);
}

/** A relay can answer with any number of different reasons. */
const MAX_REASONS = 8;
/** Seconds of a reason that are named; the record and the plot have all. */
const MAX_SECONDS = 6;

/** When what went wrong, by reason; null where nothing did in the seconds of the load. */
export function errorsOverTimeSection({ intervals }: RunRecord): Section | null {
  const reasons = new Map<string, [t: number, count: number][]>();
  for (const { t, reasons: ofSecond = {} } of intervals) {
    for (const [reason, times] of Object.entries(ofSecond)) {
      reasons.set(reason, [...(reasons.get(reason) ?? []), [t, times]]);
    }
  }
  if (reasons.size === 0) return null;
  const sorted = [...reasons].sort(([, a], [, b]) => total(b) - total(a));
  return {
    title: 'Errors over time',
    topic: 'errors',
    content: {
      kind: 'table',
      columns: columns('what', '>count', '>first', '>last', '~worst seconds'),
      rows: sorted.slice(0, MAX_REASONS).map(([reason, seconds]) => reasonRow(reason, seconds)),
    },
  };
}

function reasonRow(reason: string, seconds: readonly [t: number, count: number][]): Cell[] {
  const worst = [...seconds].sort(([, a], [, b]) => b - a).slice(0, MAX_SECONDS);
  const shown = worst.sort(([a], [b]) => a - b).map(([t, times]) => `${t} s: ${count(times)}`);
  return [
    code(reason),
    cell(count(total(seconds)), 'bad'),
    cell(`${seconds[0]?.[0] ?? 0} s`),
    cell(`${seconds.at(-1)?.[0] ?? 0} s`),
    cell(shown.join(', ')),
  ];
}

function total(seconds: readonly [t: number, count: number][]): number {
  return seconds.reduce((sum, [, times]) => sum + times, 0);
}
