// What runs of the scenario `standard` on the stack have shown, as tables: the latencies with their tails, and where the CPU
// went.

import { medianAndRange } from './result.mjs';
import { median } from './support.mjs';

const US_PER_MS = 1_000;
const LIMIT_MS = 100;
const ARCHIVE_LIMIT_MS = 40;
const ARCHIVE = 'eose_latency{filter=author-archive}';
/** The rate of the scenario: at it the tail is looked at, above it what the gates ask for. */
const HEADLINE_RATE = 100;
const HEADLINE = ['ack_latency', 'eose_latency', 'delivery_latency', 'delivery_cross_latency'];
const QUANTILES = ['p50', 'p95', 'p99'];
const NAMES = {
  ack_latency: 'OK',
  eose_latency: 'EOSE',
  delivery_latency: 'delivery',
  delivery_cross_latency: 'delivery to another relay process',
  send_lag: 'send lag of the generator',
};
const PARTS = [
  ['relays', /^relay-/],
  ['HAProxy of the clients', /^haproxy$/],
  ['HAProxy of the database', /^haproxy-db$/],
  ['Postgres: primary', /^postgres-1$/],
  ['Postgres: replicas', /^postgres-[2-9]$/],
  ['Redis', /^(?:pubsub|cache-\d+)$/],
  ['supervisor and watcher', /^(?:supervisor|watcher)$/],
];

/**
 * Latencies of the runs at one rate.
 * @param {number} rate_per_s events a second
 * @param {readonly import('./tail-report.mjs').TailRecord[]} records
 */
export function tailTable(rate_per_s, records) {
  const keys = Object.keys(records[0]?.metrics ?? {}).filter(isShown);
  const order = [...Object.keys(NAMES), ARCHIVE];
  keys.sort((a, b) => placeOf(a, order) - placeOf(b, order));
  return {
    title: `scenario \`standard\` on the stack at ${rate_per_s} events/s: ms, median of ${records.length} runs with the range`,
    columns: ['latency', ...QUANTILES.map((quantile) => `>${quantile}`)],
    rows: keys.map((key) => [
      nameOf(key),
      ...QUANTILES.map((quantile) => text(records.map((record) => ms(record, key, quantile)))),
    ]),
    targets: [...targetsOf(rate_per_s, records), validTarget(records)],
  };
}

/**
 * Cores that each part of the stack has used.
 * @param {number} rate_per_s events a second
 * @param {readonly import('./tail-report.mjs').TailRecord[]} records
 */
export function costTable(rate_per_s, records) {
  const row = (name, pattern) => [name, median(records.map((record) => coresOf(record, pattern))).toFixed(2)];
  return {
    title: `CPU of the stack at ${rate_per_s} events/s, median of the runs`,
    columns: ['part', '>cores'],
    rows: [...PARTS.map(([name, pattern]) => row(name, pattern)), row('together', /./)],
    targets: [],
  };
}

function isShown(key) {
  return Object.hasOwn(NAMES, key) || /^eose_latency\{filter=/.test(key);
}

function placeOf(key, order) {
  const place = order.indexOf(key);
  return place === -1 ? order.length : place;
}

function nameOf(key) {
  return NAMES[key] ?? `EOSE of ${/filter=([^}]+)/.exec(key)?.[1]}`;
}

/** What the tail is to be at the rate of the scenario, and the p95 above it. */
function targetsOf(rate_per_s, records) {
  const quantile = rate_per_s <= HEADLINE_RATE ? 'p99' : 'p95';
  const worst = middle(records, HEADLINE, quantile);
  const all = {
    text: `every ${quantile} below ${LIMIT_MS} ms (median of the runs; worst ${worst.toFixed(1)})`,
    isMet: worst < LIMIT_MS,
  };
  if (quantile === 'p95') return [all];
  const archive = middle(records, [ARCHIVE], 'p95');
  const text = `author-archive p95 below ${ARCHIVE_LIMIT_MS} ms (${archive.toFixed(1)})`;
  return [all, { text, isMet: archive < ARCHIVE_LIMIT_MS }];
}

function validTarget(records) {
  return { text: 'every run valid', isMet: records.every(({ validity }) => validity.verdict === 'valid') };
}

/** The largest of the medians; not a number where a run does not know one: no target is met then. */
function middle(records, keys, quantile) {
  const medians = keys.map((key) => {
    const values = records.map((record) => ms(record, key, quantile));
    return values.includes(null) ? Number.NaN : median(values);
  });
  return Math.max(...medians);
}

function ms({ metrics }, key, quantile) {
  const value = metrics[key]?.[`${quantile}_us`] ?? null;
  return value === null ? null : value / US_PER_MS;
}

function text(values) {
  return values.includes(null) ? '–' : medianAndRange(values, 1);
}

function coresOf({ components }, pattern) {
  return components.reduce((sum, { name, cpuShare }) => sum + (pattern.test(name) ? (cpuShare ?? 0) : 0), 0);
}
