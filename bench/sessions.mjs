// 10,000 real clients at once (workload `sessions`) against the null relay: is the run valid, and what do they cost the
// generator? They keep some 200,000 subscriptions open, ask about 1,000 times a second, write, leave and are followed by
// others. Two minutes; three rounds would be six: one is the default.
// node bench/sessions.mjs [--clients 10000] [--seconds 60] [--rounds 1] [--json]

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startOfBenchmark } from './machine.mjs';
import { showResult, whole } from './result.mjs';
import { median, rootPath, startNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const [clients, seconds, rounds] = [Number(values.clients), Number(values.seconds), Number(values.rounds)];
/** Median 3 min, lognormal with sigma 1: the mean is e^½ times as long, and as many come as go. */
const MEAN_STAY_S = 180 * Math.exp(0.5);

const SCENARIO = `name: many-sessions
description: Real clients against the null relay.
connections: { count: ${clients}, rate: 1000/s }
corpus: { profile: social, events: 3000 }
workloads:
  sessions: { rate: ${(clients / MEAN_STAY_S).toFixed(2)}/s, arrivals: poisson }
warmup: 30s
phases: [{ name: steady, duration: ${seconds}s }]
drain: 3s
`;

/** Runs the command as a user would, and returns what it wrote down. */
async function carryOut(url, dir) {
  const file = join(dir, 'many-sessions.yaml');
  writeFileSync(file, SCENARIO);
  const args = [
    'run',
    file,
    '--relay',
    url,
    '--out',
    join(dir, 'run'),
    '--format',
    'md',
    '--no-default-gates',
  ];
  const child = spawn(process.execPath, [rootPath('bin/relay-bench.js'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  const record = JSON.parse(readFileSync(join(dir, 'run', 'run.json'), 'utf8'));
  return { code, record };
}

function figuresOf({ code, record }) {
  const { counters, load, generator, intervals, validity, metrics } = record;
  const steady = intervals.filter(({ phase }) => phase === 'steady');
  const of = (key) => steady.map((row) => row[key]);
  return {
    code,
    isValid: validity.verdict === 'valid',
    reasons: validity.reasons,
    fewest_open: Math.min(...of('connections')),
    most_open: Math.max(...of('connections')),
    failed: load.connections.failed,
    lost: load.connections.dropped,
    came: counters.session_clients,
    requests: counters.session_requests_sent,
    completed: counters.session_requests_completed,
    writes: counters.session_writes_sent,
    accepted: counters.session_writes_accepted,
    requests_per_s: counters.session_requests_sent / load.measured_s,
    rss_bytes: generator.rssMax_bytes,
    cpu_cores: of('cpu').reduce((sum, cpu) => sum + cpu, 0) / steady.length,
    request_p99_us: metrics.session_request_latency?.p99_us ?? null,
    send_lag_p99_us: metrics.send_lag?.p99_us ?? null,
  };
}

function tableOf(runs) {
  const of = (key) => median(runs.map((run) => run[key]));
  const isComplete = runs.every(
    ({ isValid, failed, lost, requests, completed, writes, accepted }) =>
      isValid && failed === 0 && lost === 0 && requests === completed && writes === accepted,
  );
  const reasons = runs.flatMap((run) => run.reasons);
  return {
    title: `${whole(clients)} clients in their sessions, 1 worker, one null relay`,
    columns: [
      'clients at once',
      '>came',
      '>requests/s',
      '>writes',
      '>unanswered',
      '>send lag p99',
      '>CPU of the generator',
      '>RSS of the generator',
    ],
    rows: [
      [
        `${whole(of('fewest_open'))} to ${whole(of('most_open'))}`,
        whole(of('came')),
        whole(of('requests_per_s')),
        whole(of('writes')),
        whole(of('requests') - of('completed')),
        `${(of('send_lag_p99_us') / 1_000).toFixed(2)} ms`,
        `${(of('cpu_cores') * 100).toFixed(0)} % of a core`,
        `${whole(of('rss_bytes') / 1e6)} MB`,
      ],
    ],
    targets: [{ text: 'a valid run, none lost, every request and write answered', isMet: isComplete }],
    notes: reasons.length === 0 ? [] : [`not valid: ${reasons.join('; ')}`],
  };
}

const start = startOfBenchmark();
const relay = await startNullRelay();
const dir = mkdtempSync(join(tmpdir(), 'relay-bench-sessions-'));
try {
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(figuresOf(await carryOut(relay.url, dir)));
  const figures = Object.fromEntries(
    ['rss_bytes', 'cpu_cores', 'requests_per_s', 'send_lag_p99_us', 'fewest_open'].map((key) => [
      key,
      runs.map((run) => run[key]),
    ]),
  );
  const cores = 'the generator on any core, the null relay pinned to one';
  showResult({ name: 'sessions', start, rounds, cores, tables: [tableOf(runs)], figures }, values.json);
} finally {
  await relay.stop();
  rmSync(dir, { recursive: true, force: true });
}
