// Puts relays that others wrote under the built-in scenarios, twice in a row each, and writes a table of what broke:
//
//   npm run conformance:relays -- --scenarios quick,mixed --duration 8s --rate 20 --keep records --out docs/relays.md
//
// --keep DIR keeps the records, and --from DIR makes the table of such records and runs nothing. A page with marks for
// the table keeps what stands around them.
//
// Which relays depends on what is there: STRFRY, NOSTREAM and NOSTR_RELAY_CORE say where (see scripts/relays/*.mjs),
// --relay NAME="command {port} {dir}" adds others. The reference relay is always among them. Nothing is fetched.
// Exit 1 where two runs of one scenario on one relay do not end alike.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { env, stderr, stdout } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { betweenMarks, endAlike, matrixOf, outcomeOf, rowOf } from './relays/outcome.mjs';

const START_TIMEOUT_MS = 60_000;
const place = (path) => fileURLToPath(new URL(path, import.meta.url));
const launcher = (name) => `"${process.execPath}" "${place(`relays/${name}.mjs`)}" {port} {dir}`;

/** @type {readonly { name: string, command: string, needs?: string | undefined }[]} */
const KNOWN = [
  {
    name: 'reference',
    command: `"${process.execPath}" "${place('../dist/relay/main.js')}" --port {port} --open-gift-wraps`,
  },
  { name: 'strfry', needs: 'STRFRY', command: launcher('strfry') },
  { name: 'nostream', needs: 'NOSTREAM', command: launcher('nostream') },
  { name: 'core', needs: 'NOSTR_RELAY_CORE', command: launcher('core') },
];

function readOptions() {
  const { values } = parseArgs({
    options: {
      scenarios: {
        type: 'string',
        default: 'quick,standard,publish,query,fanout,mixed,broadcast,connect,steps',
      },
      duration: { type: 'string', default: '8s' },
      warmup: { type: 'string' },
      rate: { type: 'string' },
      connections: { type: 'string' },
      keep: { type: 'string' },
      from: { type: 'string' },
      only: { type: 'string' },
      relay: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
    },
  });
  const added = values.relay.map((text) => {
    const at = text.indexOf('=');
    return { needs: undefined, name: text.slice(0, at), command: text.slice(at + 1) };
  });
  const only = values.only?.split(',');
  const relays = [...KNOWN, ...added].filter(({ name }) => only === undefined || only.includes(name));
  return { ...values, relays, scenarios: values.scenarios.split(',') };
}

/** A port that is free, and so are the two behind it, most likely: some relays bring their own servers. */
async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('close', () => socket.destroy());
    setTimeout(() => socket.destroy(), 500);
  });
}

/** Starts a relay with nothing stored and waits until it accepts connections. */
async function startRelay({ name, command }, dir) {
  const port = await freePort();
  const line = command.replaceAll('{port}', String(port)).replaceAll('{dir}', `"${dir}"`);
  const child = spawn('sh', ['-c', `exec ${line}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill();
      throw new Error(`${name} did not start`);
    }
    await sleep(300);
  }
  const stop = async () => {
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  return { name, url: `ws://127.0.0.1:${port}`, stop };
}

function flagsOf(options) {
  return ['rate', 'duration', 'warmup', 'connections'].flatMap((name) =>
    options[name] === undefined ? [] : [`--${name}`, options[name]],
  );
}

function runOnce(url, scenario, options, out) {
  const args = [place('../bin/relay-bench.js'), 'run', scenario, '--relay', url, '--out', out];
  return spawnSync(
    process.execPath,
    [...args, '--format', 'json', '--progress', 'none', ...flagsOf(options)],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    },
  );
}

/** Two runs in a row; one that leaves no record says why. */
async function runTwice(relay, scenario, options, dir) {
  const runs = [];
  for (const number of [1, 2]) {
    const out = join(options.keep ?? dir, relay.name, `${scenario}-${number}`);
    const { stderr: text, status } = runOnce(relay.url, scenario, options, out);
    const file = join(out, 'run.json');
    const without = {
      verdict: 'none',
      load: '–',
      broken: [],
      timed: [],
      failures: [`exit ${status}: ${text.split('\n')[0]}`],
    };
    runs.push(existsSync(file) ? outcomeOf(JSON.parse(await readFile(file, 'utf8'))) : without);
  }
  return runs;
}

async function examine(known, options) {
  const dir = await mkdtemp(join(tmpdir(), `relay-bench-${known.name}-`));
  const relay = await startRelay(known, dir);
  const results = [];
  try {
    for (const scenario of options.scenarios) {
      const runs = await runTwice(relay, scenario, options, dir);
      const result = { relay: known.name, scenario, runs };
      results.push(result);
      stderr.write(`${rowOf(result)}\n`);
    }
  } finally {
    await relay.stop();
    await rm(dir, { recursive: true, force: true });
  }
  return results;
}

/** Of records that an earlier call has kept. */
async function readKept(known, options) {
  const results = [];
  for (const scenario of options.scenarios) {
    const files = [1, 2].map((number) => join(options.from, known.name, `${scenario}-${number}`, 'run.json'));
    if (!files.every((file) => existsSync(file))) continue;
    const records = await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8'))));
    results.push({ relay: known.name, scenario, runs: records.map(outcomeOf) });
  }
  return results;
}

const options = readOptions();
const results = [];
const notes = [];
for (const known of options.relays) {
  if (options.from !== undefined) results.push(...(await readKept(known, options)));
  else if (known.needs !== undefined && !env[known.needs])
    notes.push(`${known.name}: not examined, ${known.needs} is not set`);
  else results.push(...(await examine(known, options)));
}
const command = ['relay-bench run SCENARIO --relay URL', ...flagsOf(options)].join(' ');
const text = [`Each run: \`${command}\``, '', matrixOf(results), ...notes].join('\n');
if (options.out === undefined) stdout.write(`${text}\n`);
else {
  const page = existsSync(options.out) ? await readFile(options.out, 'utf8') : '';
  await writeFile(options.out, betweenMarks(page, text));
}
process.exitCode = results.every(({ runs: [one, other] }) => endAlike(one, other)) ? 0 : 1;
