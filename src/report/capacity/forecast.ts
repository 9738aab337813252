import type { Forecast, ForecastRow } from '../../capacity/forecast.ts';
import { jsonText } from '../../record/json-text.ts';
import type { Format } from '../format.ts';
import { renderMarkdown } from '../markdown.ts';
import { bytes, count, NOTHING, number, percent, rate } from '../quantity.ts';
import { renderTerminal } from '../terminal.ts';
import { type Cell, cell, columns, type ReportDocument, type Section } from '../view/document.ts';

const TONES = { ESTIMATE: 'plain' } as const;
const MARKS = { ESTIMATE: '📐' } as const;

/** What a forecast says: a column for each number of users, and every assumption with its source. */
export function buildForecastDocument(forecast: Forecast): ReportDocument<'ESTIMATE'> {
  return {
    headline: {
      word: 'ESTIMATE',
      question: 'what a relay service for so many users takes',
      sentence: sentenceOf(forecast),
      next: 'set what you know better with --assume KEY=VALUE, and measure your own limit with relay-bench capacity',
      facts: ['from measured costs and stated assumptions', 'nothing was run'],
    },
    sections: [tableSection(forecast), assumptionsSection(forecast)],
  };
}

const PARTS = {
  primary: 'the primary of Postgres',
  'pub/sub': 'the Redis that relays tell each other through',
  relay: 'that every relay hears of every new event',
} as const;

function sentenceOf({ rows }: Forecast): string {
  const over = rows.find(({ binds }) => binds.share > 1);
  const largest = rows.at(-1);
  if (over !== undefined)
    return `one such stack ends below ${count(over.users)} users: ${PARTS[over.binds.part]} binds first`;
  return largest === undefined
    ? 'no number of users'
    : `one such stack reaches ${count(largest.users)} users; first to bind is ${PARTS[largest.binds.part]}, used to ${percent(largest.binds.share)} of what is planned for`;
}

type Line = readonly [label: string, of: (row: ForecastRow) => string];

const LINES: readonly Line[] = [
  ['connections', (row) => count(row.connections)],
  ['new events', (row) => rate(row.newEvents_per_s)],
  ['queries', (row) => rate(row.queries_per_s)],
  ['deliveries', (row) => rate(row.deliveries_per_s)],
  ['relays', (row) => (row.relays === null ? 'none is enough' : count(row.relays))],
  ['HAProxy', (row) => count(row.balancers)],
  ['verification, cores', (row) => number(row.verificationCores)],
  ['Postgres primary, cores', (row) => number(row.primaryCores)],
  ['Postgres replicas', (row) => (row.replicas === null ? 'none is enough' : count(row.replicas))],
  ['Redis pub/sub, cores', (row) => (row.redisCores === null ? NOTHING : number(row.redisCores))],
  ['memory of connections', (row) => bytes(row.relayMemory_bytes)],
  ['database grows a month', (row) => bytes(row.storedPerMonth_bytes)],
  ['network to clients', (row) => bits(row.network_bits_per_s)],
  ['binds first', (row) => row.binds.part],
  ['  used to', (row) => percent(row.binds.share)],
];

function bits(perSecond: number): string {
  return perSecond >= 1e9 ? `${number(perSecond / 1e9)} Gbit/s` : `${number(perSecond / 1e6)} Mbit/s`;
}

function tableSection({ rows }: Forecast): Section {
  return {
    title: 'At the busiest hour',
    note: 'an estimate; parts are planned for less than they can do, so that nobody waits for long',
    content: {
      kind: 'table',
      columns: columns('users', ...rows.map(({ users }) => `>${count(users)}`)),
      rows: LINES.map(([label, of]): Cell[] => [cell(label), ...rows.map((row) => cell(of(row)))]),
    },
  };
}

function assumptionsSection({ assumptions }: Forecast): Section {
  return {
    title: 'What it rests on',
    note: 'each can be set with --assume KEY=VALUE',
    content: {
      kind: 'table',
      columns: columns('key', '>value', '~what it is, and where it comes from'),
      rows: assumptions.map(({ name, value, unit, text, source }): Cell[] => [
        cell(name),
        cell(`${number(value)} ${unit}`.trim()),
        cell(`${text} (${source})`),
      ]),
    },
  };
}

/** Every format that a forecast can be rendered in. */
export const FORECAST_FORMATS: readonly Format<Forecast>[] = [
  {
    name: 'terminal',
    fileName: null,
    render: (forecast, options) => renderTerminal(buildForecastDocument(forecast), TONES, options),
  },
  { name: 'json', fileName: null, render: (forecast) => jsonText(forecast) },
  {
    name: 'md',
    fileName: null,
    render: (forecast) => renderMarkdown(buildForecastDocument(forecast), MARKS),
  },
];
