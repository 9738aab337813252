// What runs of the scenarios of the edge have shown, as tables.

import { medianAndRange, whole } from './result.mjs';

const US_PER_MS = 1_000;
const MIB = 2 ** 20;
const FAR = 'region-2';
const COLUMNS = ['', '>without edges', '>with edges'];

/**
 * Reads in two regions, without edges and with them.
 * @param {readonly object[]} without records of `edge-read` @param {readonly object[]} beside
 */
export function readTable(without, beside) {
  const both = (words, value, digits) => [words, ...[without, beside].map((all) => text(all, value, digits))];
  const edges = (words, value, digits) => [words, '–', text(beside, value, digits)];
  const [slowest, fastest] = [most(beside, eose('p95')), least(without, eose('p95', FAR))];
  return {
    title: 'Reads by Zipf’s law in two regions, 40 and 120 ms from the origin (`edge-read`)',
    columns: COLUMNS,
    rows: [
      edges('reads answered at the edge, %', atEdge, 2),
      both('EOSE p50, ms', eose('p50'), 2),
      both('EOSE p95, ms', eose('p95'), 2),
      both('EOSE p50 in the far region, ms', eose('p50', FAR), 2),
      both('EOSE p95 in the far region, ms', eose('p95', FAR), 2),
      both('queries that the origin answered', ({ regions }) => regions.originQueries, 0),
      both('bytes over both ways, MiB', bytesOverWays, 1),
      both('OK p50 in the far region, ms', latency('ack_latency', 'p50', FAR), 1),
      edges('served after it was replaced or deleted at the origin, p50, ms', staleness('p50_ms'), 0),
      edges('  at most, ms', staleness('max_ms'), 0),
    ],
    targets: [
      { text: '≥ 90 % of reads answered at the edge', isMet: least(beside, atEdge) >= 90 },
      { text: 'EOSE p95 < 30 ms with edges', isMet: slowest < 30 },
      { text: 'EOSE p95 > 120 ms in the far region without', isMet: fastest > 120 },
      ...soundTargets(beside),
    ],
  };
}

/** Events for many in two regions. @param {readonly object[]} records of `edge-fanout` */
export function fanoutTable(records) {
  const perEvent = ({ regions, counters }) =>
    sum(regions.each, ({ events }) => events.fromOrigin) / counters.events_sent / regions.each.length;
  const toClients = ({ regions }) => sum(regions.each, ({ events }) => events.toClients);
  return {
    title: 'Events for 100 live subscriptions each, half of them in each region (`edge-fanout`)',
    columns: ['', '>with edges'],
    rows: [
      ['deliveries to clients', text(records, toClients, 0)],
      ['deliveries of the origin for an event and region', text(records, perEvent, 3)],
      ['bytes over both ways, MiB', text(records, bytesOverWays, 2)],
      ['delivery p95, ms', text(records, latency('delivery_latency', 'p95'), 0)],
      ['delivery to the last subscriber p95, ms', text(records, latency('delivery_last_latency', 'p95'), 0)],
    ],
    targets: [
      {
        text: 'one delivery of the origin for an event and region, however many subscribers',
        isMet: most(records, perEvent) <= 1.01,
      },
      { text: 'nothing missing', isMet: most(records, ({ counters }) => counters.deliveries_missing) === 0 },
      ...soundTargets(records),
    ],
  };
}

/** The origin gone for ten seconds. @param {readonly object[]} records of `edge-failover` */
export function failoverTable(records) {
  const missing = ({ counters }) => counters.deliveries_missing;
  const twice = ({ counters }) => counters.deliveries_duplicate;
  const stale = ({ regions }) => sum(regions.each, ({ reads }) => reads.edgeStale);
  return {
    title: 'The origin killed for 10 s under load (`edge-failover`)',
    columns: ['', '>with edges'],
    rows: [
      ['acknowledged events', text(records, ({ audit }) => audit.acknowledged, 0)],
      ['  lost', text(records, ({ audit }) => audit.lost.length, 0)],
      ['deliveries expected', text(records, ({ counters }) => counters.deliveries_expected, 0)],
      ['  missing after the catch-up', text(records, missing, 0)],
      ['  twice', text(records, twice, 0)],
      ['reads answered by what was held while the origin was away', text(records, stale, 0)],
      ['EOSE p95 in that phase, ms', text(records, phase('eose_latency', 'p95', 'gone'), 1)],
      ['all is well again, s after the kill', text(records, ({ faults }) => recovery_s(faults), 1)],
    ],
    targets: [
      { text: '0 acknowledged events lost', isMet: most(records, ({ audit }) => audit.lost.length) === 0 },
      {
        text: '0 deliveries missing and 0 twice after the catch-up',
        isMet: most(records, missing) === 0 && most(records, twice) === 0,
      },
      ...soundTargets(records),
    ],
  };
}

/** What the audit of origin and edges has to say, and that the runs are valid. */
function soundTargets(records) {
  const violations = ({ audit }) =>
    audit === undefined ? null : sum(audit.invariants, ({ violated }) => violated);
  const invalid = records.filter(({ verdict }) => verdict === 'invalid').length;
  return [
    { text: 'audit of origin and edges: 0 violations', isMet: most(records, violations) === 0 },
    { text: 'every run valid', isMet: invalid === 0 },
  ];
}

function recovery_s(faults) {
  const { recoveredMs } = faults[0];
  return recoveredMs === null ? null : recoveredMs / 1_000;
}

/** Per cent of the reads that did not go to the origin. */
function atEdge({ regions }) {
  return regions.offload === null ? null : 100 * regions.offload;
}

function bytesOverWays({ regions }) {
  return sum(regions.each, ({ wan }) => wan.toOrigin_bytes + wan.fromOrigin_bytes) / MIB;
}

const staleness = (quantile) => (record) => record.audit?.edges?.staleness?.[quantile] ?? null;
const eose = (quantile, region) => latency('eose_latency', quantile, region);

function latency(metric, quantile, region) {
  return labelled(region === undefined ? metric : `${metric}{region=${region}}`, quantile);
}

const phase = (metric, quantile, name) => labelled(`${metric}{phase=${name}}`, quantile);

/** Milliseconds; null where there are too few samples. */
function labelled(key, quantile) {
  return ({ metrics }) => {
    const value = metrics[key]?.[`${quantile}_us`] ?? null;
    return value === null ? null : value / US_PER_MS;
  };
}

/** The median of the runs with its range; a dash where one does not know it. */
function text(records, value, digits) {
  const values = records.map(value);
  if (values.some((each) => each === null)) return '–';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) return digits === 0 ? whole(low) : low.toFixed(digits);
  return medianAndRange(values, digits);
}

/** Not a number where one of the runs does not know it: no target is met then. */
function most(records, value) {
  return Math.max(...records.map((record) => value(record) ?? Number.NaN));
}

function least(records, value) {
  return Math.min(...records.map((record) => value(record) ?? Number.NaN));
}

function sum(items, value) {
  return items.reduce((total, item) => total + value(item), 0);
}
