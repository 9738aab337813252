import type { LatencyMetric } from '../../metric/catalogue.ts';
import type { RunRecord } from '../../record/schema.ts';
import { bytes, count, limitsOn, number, percent, rate, seconds } from '../quantity.ts';
import { type Cell, cell, columns, row, type Section } from './document.ts';
import { inPhase, quantile, quantileInPhase } from './latencies.ts';
import { hasPhaseGates, phaseCell } from './levels.ts';

/** Offered against achieved, connections, deliveries. */
export function loadSection(record: RunRecord): Section {
  const { counters } = record;
  const { offered, achieved } = record.load;
  const rows = [
    ...rateRow(
      'events',
      [offered.events, offered.eventsPerSecond],
      [achieved.events, achieved.eventsPerSecond],
    ),
    ...rateRow(
      'queries',
      [offered.queries, offered.queriesPerSecond],
      [achieved.queries, achieved.queriesPerSecond],
    ),
    ...repeatsRow(record),
    achievedRow(record),
    connectionsRow(record),
    ...deliveriesRow(record),
    ...answersRow(record),
    ...lateRow(record),
    row('traffic', `${bytes(counters.bytes_sent)} sent`, `${bytes(counters.bytes_received)} received`),
  ];
  return { title: 'Load', topic: 'load', content: { kind: 'table', columns: columns('', '', ''), rows } };
}

type CountAndRate = readonly [total: number, perSecond: number];

function rateRow(label: string, offered: CountAndRate, achieved: CountAndRate): Cell[][] {
  if (offered[0] === 0 && achieved[0] === 0) return [];
  const text = ([total, perSecond]: CountAndRate): string => `${rate(perSecond)} (${count(total)})`;
  return [row(label, `offered ${text(offered)}`, `achieved ${text(achieved)}`)];
}

/** What was done of what was offered: a refused event is not achieved, whenever it was sent. */
function achievedRow(record: RunRecord): Cell[] {
  const { droppedArrivals } = record.load;
  const ratio = record.ratios['achieved_rate_ratio'] ?? null;
  const limits = limitsOn(record, 'achieved_rate_ratio', 'ratio');
  const text = ratio === null ? percent(null) : `${percent(ratio, limits)} of what was offered`;
  return troubleRow('achieved', text, [
    ['unsent', record.counters.events_unsent + record.counters.queries_unsent],
    ['dropped', droppedArrivals],
  ]);
}

/** What the run sent more than once, beside what the relay says of it. */
function repeatsRow({ counters }: RunRecord): Cell[][] {
  const { events_repeated, events_duplicate } = counters;
  if (events_repeated === 0) return [];
  return [
    row('repeats', `${count(events_repeated)} sent again`, `${count(events_duplicate)} called duplicates`),
  ];
}

function connectionsRow(record: RunRecord): Cell[] {
  const { requested, opened, failed, dropped } = record.load.connections;
  return troubleRow('connections', `${count(opened)} of ${count(requested)} opened`, [
    ['failed', failed],
    ['dropped', dropped],
  ]);
}

function deliveriesRow(record: RunRecord): Cell[][] {
  const c = record.counters;
  if (c.deliveries_expected + c.deliveries_received + c.deliveries_unmatched === 0) return [];
  const received = `${count(c.deliveries_received)} of ${count(c.deliveries_expected)} received`;
  const troubles = [
    ['missing', c.deliveries_missing],
    ['duplicate', c.deliveries_duplicate],
    ['unmatched', c.deliveries_unmatched],
  ] as const;
  return [troubleRow('deliveries', received, troubles)];
}

/** Answers that were compared with the right ones. */
function answersRow({ counters }: RunRecord): Cell[][] {
  if (counters.answers_checked === 0) return [];
  const wrong = Object.values(counters.answers_wrong).reduce((sum, total) => sum + total, 0);
  const row = troubleRow('answers', `${count(counters.answers_checked)} checked`, [['wrong', wrong]]);
  return [row];
}

/** Replies after their deadline: no fault of form, and shown only where there are any. */
function lateRow({ counters, metrics }: RunRecord): Cell[][] {
  if (counters.replies_late === 0) return [];
  const late = metrics['late_latency'];
  const by = late === undefined ? '' : `by ${quantile(late, 'p50')} (p50), ${quantile(late, 'p99')} (p99)`;
  return [row('late replies', count(counters.replies_late), by)];
}

/** A row whose last cell says what went wrong and how often, or plainly that nothing did. */
function troubleRow(label: string, text: string, troubles: readonly (readonly [string, number])[]): Cell[] {
  const none = troubles.every(([, total]) => total === 0);
  const last = none
    ? cell(`none ${enumerated(troubles.map(([name]) => name))}`)
    : cell(troubles.map(([name, total]) => `${count(total)} ${name}`).join(', '), 'warn');
  return [cell(label), cell(text), last];
}

/** `a`, `a or b`, `a, b or c`. */
function enumerated(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

const BY_PHASE = [
  'ack_latency',
  'eose_latency',
  'delivery_latency',
] as const satisfies readonly LatencyMetric[];

/** One row a measured phase; null where there is only one. */
export function phasesSection(record: RunRecord): Section | null {
  const phases = record.load.phases.filter((phase) => phase.kind === 'measured');
  if (phases.length < 2) return null;
  const shown = BY_PHASE.filter((name) =>
    phases.some((phase) => inPhase(record, name, phase.name) !== undefined),
  );
  const titles = shown.map((name) => `>${name.replace('_latency', '')} p95`);
  const isJudged = hasPhaseGates(record);
  const rows = phases.map((phase) => [
    cell(phase.name),
    cell(`${number(phase.level)}×`),
    cell(`${seconds(phase.start_s)} to ${seconds(phase.end_s)}`),
    cell(count(phase.offered)),
    cell(count(phase.sent)),
    ...shown.map((name) => cell(quantileInPhase(record, name, phase.name))),
    ...(isJudged ? [phaseCell(record, phase.name)] : []),
  ]);
  const all = columns(
    'phase',
    '>level',
    'time',
    '>offered',
    '>sent',
    ...titles,
    ...(isJudged ? ['holds'] : []),
  );
  return { title: 'Phases', topic: 'load', content: { kind: 'table', columns: all, rows } };
}
