import { ACCOUNTS, type Noun } from '../../metric/accounts.ts';
import { HEADLINES } from '../../metric/catalogue.ts';
import type { ReportRow } from '../../metric/definition.ts';
import { METRIC_SETS } from '../../metric/sets.ts';
import type { RunRecord } from '../../record/schema.ts';
import { bytes, count, limitsOn, number, percent, rate, seconds } from '../quantity.ts';
import { countedText, counterValue, isAnyCounted } from './counted.ts';
import { type Cell, cell, columns, row, type Section } from './document.ts';
import { inPhase, quantile, quantileInPhase } from './latencies.ts';
import { hasPhaseGates, phaseCell } from './levels.ts';

/** Offered against achieved, connections, deliveries. */
export function loadSection(record: RunRecord): Section {
  const { counters } = record;
  const rows = [
    ...ACCOUNTS.flatMap(({ noun }) => rateRow(noun, record.load)),
    ...catalogueRows('sent', record),
    achievedRow(record),
    connectionsRow(record),
    ...catalogueRows('received', record),
    ...lateRow(record),
    row('traffic', `${bytes(counters.bytes_sent)} sent`, `${bytes(counters.bytes_received)} received`),
    ...compressionRow(counters),
  ];
  return { title: 'Load', topic: 'load', content: { kind: 'table', columns: columns('', '', ''), rows } };
}

/** What compression has made of the messages that went through it; shown where any did. */
function compressionRow(counters: RunRecord['counters']): Cell[][] {
  const { bytes_before_deflate, bytes_after_deflate, bytes_before_inflate, bytes_after_inflate } = counters;
  if (bytes_after_deflate + bytes_before_inflate === 0) return [];
  const text = (small: number, large: number): string =>
    `${bytes(small)} for ${bytes(large)}${large === 0 ? '' : ` (${percent(small / large)})`}`;
  return [
    row(
      'compression',
      `${text(bytes_after_deflate, bytes_before_deflate)} sent`,
      `${text(bytes_before_inflate, bytes_after_inflate)} received`,
    ),
  ];
}

function rateRow(noun: Noun, { offered, achieved }: RunRecord['load']): Cell[][] {
  if (offered[noun] === 0 && achieved[noun] === 0) return [];
  const text = (sums: typeof offered): string => `${rate(sums[`${noun}PerSecond`])} (${count(sums[noun])})`;
  return [row(noun, `offered ${text(offered)}`, `achieved ${text(achieved)}`)];
}

/** What workloads have to say of what they sent, or of what they got. */
function catalogueRows(about: ReportRow['about'], { counters }: RunRecord): Cell[][] {
  const rows = METRIC_SETS.flatMap((set): readonly ReportRow[] => set.rows);
  return rows
    .filter((each) => each.about === about && isAnyCounted(each.shownFor, counters))
    .map(({ label, text, detail }) =>
      typeof detail === 'string'
        ? row(label, countedText(text, counters), countedText(detail, counters))
        : troubleRow(
            label,
            countedText(text, counters),
            Object.entries(detail).map(([name, counter]) => [name, counterValue(counters, counter)] as const),
          ),
    );
}

/** What was done of what was offered: a refused event is not achieved, whenever it was sent. */
function achievedRow(record: RunRecord): Cell[] {
  const { droppedArrivals } = record.load;
  const ratio = record.ratios['achieved_rate_ratio'] ?? null;
  const limits = limitsOn(record, 'achieved_rate_ratio', 'ratio');
  const text = ratio === null ? percent(null) : `${percent(ratio, limits)} of what was offered`;
  return troubleRow('achieved', text, [
    ['unsent', ACCOUNTS.reduce((sum, { unsent }) => sum + record.counters[unsent], 0)],
    ['dropped', droppedArrivals],
  ]);
}

function connectionsRow(record: RunRecord): Cell[] {
  const { requested, opened, failed, dropped } = record.load.connections;
  return troubleRow('connections', `${count(opened)} of ${count(requested)} opened`, [
    ['failed', failed],
    ['dropped', dropped],
  ]);
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

/** One row a measured phase; null where there is only one. */
export function phasesSection(record: RunRecord): Section | null {
  const phases = record.load.phases.filter((phase) => phase.kind === 'measured');
  if (phases.length < 2) return null;
  const shown = HEADLINES.filter((name) =>
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
