// Every built-in scenario, shortened, against several relays, with an independent count: between the command and the relay
// stands a proxy of plain `ws` clients that counts what passes. Prints a Markdown table of what each run found, and ends
// with 1 where a number of run.json is not what passed. Needs a build; takes some 15 s a row.
// node scripts/scenario-table.mjs [--relay NAME=URL …] [--only a,b] [--duration 4s] [--connections 20]
// Without --relay: the reference relay (store memory) and @nostr-relay/core. For others start them first, such as
// `relay-bench relay --store postgres …`, and name their URLs.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocket, WebSocketServer } from 'ws';

const rootPath = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { values } = parseArgs({
  options: {
    relay: { type: 'string', multiple: true },
    only: { type: 'string' },
    duration: { type: 'string', default: '4s' },
    connections: { type: 'string', default: '20' },
  },
});

/** Starts a program that prints one line when it is ready. */
async function start(args) {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}`)));
  });
  return { url: JSON.parse(line).url, stop: () => child.kill() };
}

const STARTED = {
  memory: () => start([rootPath('dist/relay/main.js'), '--port', '0']),
  '@nostr-relay/core': () => start([rootPath('test/support/nostr-relay-main.mjs'), '0']),
};

/**
 * @param {readonly string[]} [named] as NAME=URL
 * @returns {(readonly [string, () => Promise<{ url: string, stop: () => unknown }>])[]}
 */
function relaysOf(named = []) {
  if (named.length === 0) return Object.entries(STARTED);
  return named.map((each) => {
    const [, name, url] = /^([^=]+)=(.+)$/.exec(each) ?? [];
    if (url === undefined) throw new Error(`--relay wants NAME=URL, not "${each}"`);
    return [name, async () => ({ url, stop: () => undefined })];
  });
}

/** Passes everything on and notes when what passed: `EVENT`, `REQ q`, `EOSE q`, `EVENT s` and the like. */
async function startProxy(target) {
  const passed = new Map();
  const note = (key) => {
    const times = passed.get(key) ?? [];
    passed.set(key, times);
    times.push(Date.now());
  };
  const server = createServer(async (request, response) => {
    const accept = request.headers.accept ?? '*/*';
    const answer = await fetch(target.replace(/^ws/, 'http'), { headers: { accept } });
    response.setHeader('content-type', answer.headers.get('content-type') ?? 'text/plain');
    response.statusCode = answer.status;
    response.end(await answer.text());
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (client) => {
    const relay = new WebSocket(target, { perMessageDeflate: false });
    const waiting = [];
    client.on('message', (data) => {
      const text = data.toString();
      note(keyOf(text, 'to the relay'));
      if (relay.readyState === WebSocket.OPEN) relay.send(text);
      else waiting.push(text);
    });
    relay.on('open', () => {
      for (const text of waiting) relay.send(text);
    });
    relay.on('message', (data) => {
      const text = data.toString();
      note(keyOf(text, 'from the relay'));
      if (client.readyState === WebSocket.OPEN) client.send(text);
    });
    // A broken connection also closes, which is passed on.
    for (const socket of [client, relay]) socket.on('error', () => socket.terminate());
    client.on('close', () => relay.close());
    relay.on('close', () => client.close());
  });
  await new Promise((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
  return {
    url: `ws://127.0.0.1:${address.port}`,
    /** How often something passed from a moment on. */
    count: (key, fromMs) => (passed.get(key) ?? []).filter((at) => at >= fromMs).length,
    stop: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    },
  };
}

/** Events to the relay and their OKs have no subscription; of all others its letter tells whose they are. */
function keyOf(text, way) {
  const [word, first, accepted] = JSON.parse(text);
  if (word === 'COUNT' && way === 'from the relay') return `COUNTED ${String(first)[0]}`;
  if (word === 'OK') return accepted === true ? 'OK true' : 'OK false';
  if (word === 'EVENT' && way === 'to the relay') return 'published';
  return typeof first === 'string' ? `${word} ${first[0]}` : word;
}

/** What run.json says beside what must have passed since the load began. */
const CHECKS = [
  {
    what: 'events published',
    key: 'published',
    of: (c) => c.events_sent + c.session_writes_sent + c.events_retried_after_auth + c.events_resent,
  },
  {
    what: 'events accepted',
    key: 'OK true',
    of: (c) => c.events_accepted + c.events_duplicate + c.session_writes_accepted + c.auths_accepted,
    mayBeMore: (c) => c.replies_late,
    // Who authenticates when it connects does so before the load begins.
    mayBeLess: (c) => c.auths_accepted,
  },
  {
    what: 'queries asked',
    key: 'REQ q',
    of: (c) => c.queries_sent,
    mayBeMore: (c) => c.queries_retried_after_auth,
  },
  {
    what: 'queries answered',
    key: 'EOSE q',
    of: (c) => c.queries_completed,
    mayBeMore: (c) => c.replies_late,
  },
  { what: 'counts asked', key: 'COUNT c', of: (c) => c.counts_sent },
  { what: 'counts answered', key: 'COUNTED c', of: (c) => c.counts_completed },
  { what: 'polls', key: 'REQ v', of: (c) => c.visibility_polls },
  {
    what: 'deliveries',
    key: 'EVENT s',
    of: (c) => c.deliveries_received + c.deliveries_duplicate + c.deliveries_unmatched,
    // Who comes back asks for what it may have missed, and is sent again what it has.
    mayBeMore: (c) => (c.subscriptions_resubscribed > 0 ? Number.POSITIVE_INFINITY : 0),
  },
  {
    what: 'slow deliveries',
    key: 'EVENT w',
    of: (c) => c.slow_deliveries_received,
    mayBeMore: (c) => c.slow_deliveries_cut,
  },
  {
    what: 'asked on coming',
    key: 'REQ k',
    of: (c) => c.churn_requests,
    mayBeMore: (c) => c.queries_retried_after_auth,
  },
  { what: 'answered on coming', key: 'EOSE k', of: (c) => c.churn_requests_completed },
  {
    what: 'clients asked',
    key: 'REQ u',
    of: (c) => c.session_requests_sent,
    mayBeMore: (c) => c.queries_retried_after_auth,
  },
  {
    what: 'clients were answered',
    key: 'EOSE u',
    of: (c) => c.session_requests_completed,
    mayBeMore: (c) => c.replies_late,
  },
];

const none = () => 0;

function mismatches({ counters, startedAt }, proxy) {
  const fromMs = Date.parse(startedAt);
  return CHECKS.flatMap(({ what, key, of, mayBeMore = none, mayBeLess = none }) => {
    const [said, passed] = [of(counters), proxy.count(key, fromMs)];
    const isRight = passed >= said - mayBeLess(counters) && passed <= said + mayBeMore(counters);
    return isRight ? [] : [`${what}: run.json says ${said}, ${passed} passed`];
  });
}

async function runOne(scenario, url, dir) {
  const args = ['run', scenario, '--relay', url, '--out', dir, '--format', 'md', '--no-audit'];
  const short = ['--duration', values.duration, '--warmup', '0s', '--connections', values.connections];
  const child = spawn(process.execPath, [rootPath('bin/relay-bench.js'), ...args, ...short], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, said: said.trim().split('\n').at(-1) ?? '' };
}

/** One row of the table. */
async function rowOf(scenario, relay, target) {
  const proxy = await startProxy(target);
  const dir = mkdtempSync(join(tmpdir(), 'relay-bench-table-'));
  try {
    const { code, said } = await runOne(scenario, proxy.url, dir);
    if (!readdirSync(dir).includes('run.json'))
      return { cells: [scenario, relay, `exit ${code}`, '–', said], wrong: [] };
    const record = JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8'));
    const wrong = mismatches(record, proxy);
    const broken = record.gates.filter(({ verdict }) => verdict !== 'pass');
    const found = [
      ...(record.findings ?? []).map(({ text }) => text),
      ...broken.map(({ verdict, expression }) => `${verdict}: ${expression}`),
    ];
    const offered = Object.entries(record.load.offered).filter(
      ([key, count]) => !key.endsWith('PerSecond') && count > 0,
    );
    const counts =
      wrong.length === 0 ? offered.map(([key, count]) => `${count} ${key}`).join(', ') : wrong.join('; ');
    return {
      cells: [scenario, relay, `${record.verdict} (${code})`, counts || '–', found.join('; ') || '–'],
      wrong,
    };
  } finally {
    proxy.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

// Scenarios that break something need a stack, which `bench:faults` gives them.
const builtIns = readdirSync(rootPath('scenarios'))
  .filter(
    (file) =>
      file.endsWith('.yaml') && !/^faults:/m.test(readFileSync(rootPath(`scenarios/${file}`), 'utf8')),
  )
  .map((file) => file.replace('.yaml', ''));
const wanted = values.only === undefined ? builtIns : values.only.split(',');
console.log('| scenario | relay | verdict | offered, as an independent count confirms | found |');
console.log('|---|---|---|---|---|');
let wrong = 0;
for (const [name, begin] of relaysOf(values.relay)) {
  for (const scenario of wanted) {
    // A relay of its own for each: what one run has stored is no matter of the next.
    const relay = await begin();
    try {
      const row = await rowOf(scenario, name, relay.url);
      wrong += row.wrong.length;
      console.log(`| ${row.cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`);
    } finally {
      relay.stop();
    }
  }
}
if (wrong > 0) {
  console.error(`${wrong} numbers are not what passed`);
  process.exitCode = 1;
}
