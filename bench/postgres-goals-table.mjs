// The table of bench/postgres-goals.mjs.

import { whole } from './result.mjs';

/** Events of the social corpus that are to be stored a second, with the replicas of the benchmark. */
const INGEST_PER_S = 8_000;
/** The p95 of every shape of query is to be at most this. */
const QUERY_P95_MS = 30;

/** One table of both results. */
export function goalsOf(ingest, queries) {
  const { events_per_s, relay_us, primary_us, replicas_us } = ingest.figures.social;
  const cpu = whole(relay_us + primary_us + replicas_us);
  const mark = (isMet) => (isMet ? 'yes' : 'NO');
  const rows = [
    [
      `\`social\` events stored a second, ${cpu} µs of CPU each`,
      `≥ ${whole(INGEST_PER_S)}`,
      whole(events_per_s),
      mark(events_per_s >= INGEST_PER_S),
    ],
    ...queries.figures.times.map(({ name, p95_ms }) => [
      `p95 of ${name}, ms`,
      `≤ ${QUERY_P95_MS}`,
      p95_ms.toFixed(1),
      mark(p95_ms <= QUERY_P95_MS),
    ]),
  ];
  return {
    title: 'What was wanted of writing and reading',
    columns: ['figure', '>wanted', '>measured', 'met'],
    rows,
    targets: [],
  };
}
