// The real engine on its own: coordinator and one worker process carry out a plan, with live signing, matching by
// id and recording. Prints one JSON line. Events and CPU are both counted in the same whole seconds.
// node bench/engine-client.mjs --url ws://… --connections 64 --model open --rate 100000 [--workers 2]

import { parseArgs } from 'node:util';
import { runPlan } from '../dist/engine/coordinator.js';
import { buildPlan } from '../dist/plan/build-plan.js';
import { scenarioSchema } from '../dist/scenario/schema.js';
import { required, strictValidity } from './support.mjs';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    connections: { type: 'string', default: '16' },
    model: { type: 'string', default: 'closed' },
    window: { type: 'string', default: '16' },
    rate: { type: 'string', default: '100000' },
    workers: { type: 'string', default: '1' },
    transport: { type: 'string', default: 'auto' },
    'content-bytes': { type: 'string', default: '48' },
    'warmup-ms': { type: 'string', default: '1000' },
    'window-ms': { type: 'string', default: '3000' },
    'cpu-prof': { type: 'boolean', default: false },
  },
});
const url = required(values.url, 'url');
const isOpen = values.model === 'open';
const publish = { contentBytes: Number(values['content-bytes']) };
const scenario = scenarioSchema.parse({
  name: 'bench',
  description: 'what the engine costs',
  load: isOpen ? { model: 'open' } : { model: 'closed', window: Number(values.window) },
  connections: { count: Number(values.connections), rate: '5000/s', transport: values.transport },
  workloads: { publish: isOpen ? { ...publish, rate: `${values.rate}/s` } : publish },
  warmup: `${values['warmup-ms']}ms`,
  phases: [{ name: 'steady', duration: `${values['window-ms']}ms` }],
  drain: '3s',
});
const plan = buildPlan({
  scenario,
  targets: [url],
  cores: 2,
  // The certificate of a null relay that speaks TLS is signed by nobody.
  overrides: {
    workers: Number(values.workers),
    noDefaultGates: true,
    insecure: url.startsWith('wss:'),
  },
});
const before = process.cpuUsage();
const result = await runPlan({
  plan,
  onProgress: () => undefined,
  signal: new AbortController().signal,
  workerExecArgv: values['cpu-prof'] ? ['--cpu-prof'] : [],
});
const coordinator = process.cpuUsage(before);
const { generator, intervals, load, invalidities } = result;
const measured = intervals.filter((row) => row.phase === 'steady' && row.cpu !== null);
const sum = (values) => values.reduce((total, value) => total + value, 0);
console.log(
  JSON.stringify({
    acked: sum(measured.map((row) => row.acked)),
    cpu_us: sum(measured.map((row) => row.cpu)) * 1e6,
    elapsed_ms: measured.length * 1_000,
    coordinator_cpu_us: coordinator.user + coordinator.system,
    sendLag_us: generator.sendLag_us,
    dropped: load.droppedArrivals,
    validity: strictValidity(
      invalidities.map(({ text }) => text),
      generator.doubts,
    ),
  }),
);
