// One measurement of the real engine, coordinator and one worker process, as `relay-bench calibrate` makes it.
// Prints one JSON line: operations per second of CPU, or what the measurement is about.
// node bench/trial-client.mjs --measure events --url ws://… --parameters '{"connections":64,"rates":[300000]}'

import { parseArgs } from 'node:util';
import { measureConnections, measureDeliveries, measureEvents } from '../dist/calibrate/measure.js';
import { lagAtRate, measureOnTime } from '../dist/calibrate/on-time.js';
import { runTrial } from '../dist/calibrate/trial.js';
import { keepToOthers } from '../dist/engine/pin.js';
import { required } from './support.mjs';

const { values } = parseArgs({
  options: {
    measure: { type: 'string' },
    url: { type: 'string' },
    parameters: { type: 'string', default: '{}' },
  },
});
const parameters = JSON.parse(values.parameters);
const place = { url: required(values.url, 'url'), signal: new AbortController().signal };

const MEASURES = {
  events: async () => (await measureEvents({ ...place, ...parameters }))?.ceiling,
  deliveries: async () => ({ perCpuSecond: await measureDeliveries({ ...place, ...parameters }) }),
  connections: async () => ({ perCpuSecond: await measureConnections({ ...place, ...parameters }) }),
  lag: measureLag,
  memory: measureMemory,
  'on-time': measureRateOnTime,
};

/** Lateness and CPU at each rate with one scheduler; the code is compiled by then. */
async function measureLag() {
  const { scheduler, connections, rates } = parameters;
  const settle = 10_000;
  const phase = (rate) => ({ name: `rate-${rate}`, duration: '3s', level: rate / settle });
  const { result, rows } = await runTrial({
    ...place,
    load: {
      scheduler,
      connections: { count: connections },
      workloads: { publish: { rate: `${settle}/s`, contentBytes: 48 } },
      phases: [{ name: 'settle', duration: '4s' }, ...rates.map(phase)],
    },
  });
  return rates.map((rate) => {
    const lag = result.histograms.get(`send_lag{phase=rate-${rate}}`);
    if (lag === undefined) throw new Error(`nothing was sent at ${rate}/s`);
    const cpu_cores = mean(rows.filter(({ phase }) => phase === `rate-${rate}`).map(({ cpu }) => cpu));
    return { rate, p50_us: lag.percentile(50), p99_us: lag.percentile(99), cpu_cores };
  });
}

/** The highest rate on time, and how late the writes are at half of it. */
async function measureRateOnTime() {
  const request = { ...place, ...parameters };
  if (request.placement !== undefined) await keepToOthers(request.placement);
  const onTime = await measureOnTime(request);
  const half = onTime === null ? null : await lagAtRate(request, Math.round(onTime.rate_per_s / 2));
  return { onTime, half };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Resident memory of a worker that holds idle connections, a few seconds after they were opened. */
async function measureMemory() {
  const { connections } = parameters;
  const { result } = await runTrial({
    ...place,
    load: {
      connections: { count: connections },
      workloads: { publish: { rate: '1/s', connections: 1 } },
      phases: [{ name: 'idle', duration: '3s' }],
    },
  });
  return { opened: result.load.connections.opened, rss_bytes: result.generator.rssMax_bytes };
}

console.log(JSON.stringify(await MEASURES[required(values.measure, 'measure')]()));
