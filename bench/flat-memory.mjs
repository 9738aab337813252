// Memory of a generator process under a steady stream: RSS every second for the whole run, compared early and late.
// node bench/flat-memory.mjs [--minutes 10] [--rate 1000] [--connections 64]

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runPlan } from '../dist/engine/coordinator.js';
import { buildPlan } from '../dist/plan/build-plan.js';
import { scenarioSchema } from '../dist/scenario/schema.js';
import { median, startNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '64' },
  },
});
const WARMUP_S = 30;
/** The last third may lie this much above the first: the collector's own swing. */
const TOLERANCE = 0.1;

/** Resident memory of a process in bytes; null once it is gone. */
function rssOf(pid) {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1_024;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return null;
  }
}

const relay = await startNullRelay();
const plan = buildPlan({
  scenario: scenarioSchema.parse({
    name: 'flat-memory',
    description: 'a long steady stream',
    connections: { count: Number(values.connections) },
    workloads: { publish: { rate: `${values.rate}/s` } },
    warmup: `${WARMUP_S}s`,
    phases: [{ name: 'steady', duration: `${Number(values.minutes) * 60}s` }],
  }),
  targets: [relay.url],
  cores: 2,
  overrides: { workers: 1, noDefaultGates: true },
});

const samples = [];
/** @type {readonly number[]} */
let pids = [];
/** @type {NodeJS.Timeout | undefined} */
let sampling;
/** Sample from the first measured second to the last. */
const onProgress = (event) => {
  if (event.type === 'draining' || event.type === 'finished') clearInterval(sampling);
  if (event.type !== 'interval' || event.row.phase !== 'steady' || sampling !== undefined) return;
  sampling = setInterval(() => {
    const rss = rssOf(pids[0]);
    if (rss !== null) samples.push(rss);
  }, 1_000);
};

try {
  const result = await runPlan({
    plan,
    onProgress,
    signal: new AbortController().signal,
    onWorkers: (started) => {
      pids = started;
    },
  });
  const third = Math.floor(samples.length / 3);
  const [early, late] = [median(samples.slice(0, third)), median(samples.slice(-third))];
  const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(
    `${result.counters.events_accepted} events in ${samples.length} s, ${values.connections} connections`,
  );
  console.log(
    `worker RSS: first third ${mb(early)}, last third ${mb(late)} (medians), max ${mb(Math.max(...samples))}`,
  );
  const isFlat = late <= early * (1 + TOLERANCE);
  console.log(isFlat ? 'flat' : `NOT flat: grew by ${Math.round((late / early - 1) * 100)} %`);
  process.exitCode = isFlat ? 0 : 1;
} finally {
  clearInterval(sampling);
  await relay.stop();
}
