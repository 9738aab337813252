import { ACCOUNTS, type Noun } from '../../metric/accounts.ts';
import type { RelayMetricsEntry, RunRecord } from '../../record/schema.ts';
import { bytes, cores, count, duration, number, percent, rate } from '../quantity.ts';
import { answeredSpan_s, figureWords } from '../relay-figures.ts';
import { type Cell, cell, code, columns, row, type Section } from './document.ts';

const US_PER_MS = 1_000;
const MS_PER_S = 1_000;

/** Growing figures whose counterpart in the run is what it has sent of these. */
const NOUNS: ReadonlyMap<string, Noun> = new Map([
  ['events_total', 'events'],
  ['queries_total', 'queries'],
]);

/** What relays say of themselves, beside what the run has done; null where nobody was asked. */
export function relayMetricsSection(record: RunRecord): Section | null {
  const { relayMetrics = [] } = record;
  if (relayMetrics.length === 0) return null;
  return {
    title: 'What the relay says of itself',
    topic: 'load',
    note: 'read once a second in the measured phases, by others than this run too; totals from the first answer to the last',
    content: {
      kind: 'table',
      columns: columns('', '', '~'),
      rows: relayMetrics.flatMap((relay) => relayRows(relay, record)),
    },
  };
}

function relayRows(relay: RelayMetricsEntry, record: RunRecord): Cell[][] {
  const { figures, software, url, scrapes, failed } = relay;
  const name = software ?? 'names that nobody known uses';
  return [
    [cell('relay'), cell(name, software === null ? 'warn' : 'plain'), code(url)],
    [cell('answers'), cell(`${count(scrapes - failed)} of ${count(scrapes)}`), troubleCell(relay)],
    ...Object.entries(figures).map(([key, value]) => figureRow(key, value, { relay, record })),
  ];
}

function troubleCell({ malformedLines, problem }: RelayMetricsEntry): Cell {
  const troubles = [
    ...(malformedLines === 0 ? [] : [`${count(malformedLines)} lines are no metrics`]),
    ...(problem === null ? [] : [problem]),
  ];
  return troubles.length === 0 ? cell('') : cell(troubles.join('; '), 'warn');
}

interface Context {
  readonly relay: RelayMetricsEntry;
  readonly record: RunRecord;
}

function figureRow(key: string, value: number, context: Context): Cell[] {
  const isMax = key.endsWith('_max');
  const figure = isMax ? key.slice(0, -'_max'.length) : key;
  const text = isMax ? `at most ${levelText(figure, value)}` : growthText(figure, value, context.relay);
  return row(figureWords(figure), text, besideText(figure, context.record));
}

/** By the unit in the name. */
function levelText(figure: string, value: number): string {
  if (figure.endsWith('_bytes')) return bytes(value);
  if (figure.endsWith('_ms')) return duration(value * US_PER_MS);
  return figure === 'loopBusy' ? percent(value) : number(value);
}

function growthText(figure: string, grown: number, relay: RelayMetricsEntry): string {
  const span_s = answeredSpan_s(relay);
  const perSecond = span_s > 0 ? grown / span_s : 0;
  if (figure === 'cpu_ms_total') return cores(perSecond / MS_PER_S);
  if (figure.endsWith('_ms_total'))
    return `${duration(grown * US_PER_MS)} (${percent(perSecond / MS_PER_S)} of the time)`;
  return `${rate(perSecond)} (${count(grown)})`;
}

/** What the run says of the same. */
function besideText(figure: string, record: RunRecord): string {
  const { load, intervals, counters } = record;
  const seconds = load.measured_s;
  if (seconds === 0) return '';
  const account = ACCOUNTS.find(({ noun }) => noun === NOUNS.get(figure));
  if (account !== undefined) return `this run sent ${rate(counters[account.sent] / seconds)}`;
  if (figure === 'connections') return `this run opened ${count(load.connections.opened)}`;
  if (figure !== 'deliveries_total') return '';
  const measured = load.phases.filter(({ kind }) => kind === 'measured').map(({ name }) => name);
  const delivered = intervals
    .filter(({ phase }) => measured.includes(phase))
    .reduce((sum, one) => sum + one.delivered, 0);
  return `this run received ${rate(delivered / seconds)}`;
}
