// All benchmarks of the engine and of one relay process, one after the other, each less than 100 s but `on-time`, which takes ten minutes; the
// results go to bench/results/ and from there into docs/performance.md. Needs two cores that nothing else uses: about half an hour.
// node bench/all.mjs [--rounds N] [NAME…]: all engine benchmarks, or the named ones, also those of Postgres

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { rootPath } from './support.mjs';

const WINDOW = ['--window-ms', '1000'];
const BENCHMARKS = {
  'engine-closed': ['engine.mjs', '--only', 'closed', ...WINDOW],
  'engine-open': ['engine.mjs', '--only', 'open', ...WINDOW],
  ceiling: ['ceiling.mjs'],
  signer: ['signer.mjs'],
  connections: ['connections.mjs'],
  deliveries: ['deliveries.mjs'],
  lag: ['lag.mjs'],
  'on-time': ['on-time.mjs'],
  memory: ['memory.mjs'],
  transports: ['transports.mjs'],
  workers: ['workers.mjs'],
  relay: ['relay.mjs'],
  verifier: ['verifier.mjs'],
  compression: ['compression.mjs'],
  'many-connections': ['many-connections.mjs'],
  sessions: ['sessions.mjs'],
  'record-proxy': ['record-proxy.mjs'],
};

/** Need PostgreSQL, and minutes to store a million events: only when they are named. */
const ON_REQUEST = {
  'postgres-ingest': ['postgres-ingest.mjs'],
  'postgres-queries': ['postgres-queries.mjs'],
  'postgres-goals': ['postgres-goals.mjs'],
};
const ALL = { ...BENCHMARKS, ...ON_REQUEST };

const { values, positionals: wanted } = parseArgs({
  options: { rounds: { type: 'string' } },
  allowPositionals: true,
});
const rounds = values.rounds === undefined ? [] : ['--rounds', values.rounds];
/** They have their own number of rounds: one takes a minute and a half, or three. */
const OWN_ROUNDS = ['on-time', 'many-connections', 'sessions', ...Object.keys(ON_REQUEST)];
const unknown = wanted.find((name) => !Object.hasOwn(ALL, name));
if (unknown !== undefined) {
  throw new Error(`there is no benchmark ${unknown}: ${Object.keys(ALL).join(', ')}`);
}

mkdirSync(rootPath('bench/results'), { recursive: true });
for (const [name, [program, ...args]] of Object.entries(wanted.length > 0 ? ALL : BENCHMARKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = performance.now();
  process.stderr.write(`\n== ${name}\n`);
  const result = await run(`bench/${program}`, [
    ...args,
    ...(OWN_ROUNDS.includes(name) ? [] : rounds),
    '--json',
  ]);
  writeFileSync(rootPath(`bench/results/${name}.json`), result);
  process.stderr.write(`${name} took ${Math.round((performance.now() - started) / 1_000)} s\n`);
}
process.stdout.write(await run('scripts/performance-doc.mjs', []));

/** The output of a program; its progress is shown. */
async function run(program, args) {
  const child = spawn(process.execPath, [rootPath(program), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return text;
}
