// How well `capacity` finds a limit that is known, and how far its results lie apart where none is: five searches each
// against a scripted relay that takes exactly 300 events/s, one whose answers take 100 ms with 700 connections, and the
// embedded relay. On a quiet machine; a quarter of an hour each. Writes its tables into docs/capacity.md.
//
//   npm run bench:capacity -- [--searches N] [--only rate,connections,embedded] [--short] [--doc FILE] [--rehearsal] [--json]
//
// --short makes steps of 4 s after 1 s, so that all of it takes some twenty minutes; --rehearsal goes through all of it in some three minutes, busy machine or not, and says nothing of `capacity`; it writes no page
// unless --doc names one.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { resultOf, searchOf } from './capacity-report.mjs';
import { startOfBenchmark } from './machine.mjs';
import { showResult } from './result.mjs';
import { rootPath } from './support.mjs';

const { values } = parseArgs({
  options: {
    searches: { type: 'string' },
    only: { type: 'string', default: 'rate,connections,embedded' },
    short: { type: 'boolean', default: false },
    doc: { type: 'string' },
    rehearsal: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const CASES = {
  rate: {
    title: 'A relay that takes exactly 300 events/s, one after the other',
    ...{ unit: 'events/s', truth: 300 },
    script: { events: { capacity_per_s: 300 } },
    args: [],
  },
  connections: {
    title: 'A relay whose answers take 100 ms with 700 connections',
    ...{ unit: 'connections', truth: 700 },
    script: { events: { msPerConnection: 1 / 7 } },
    args: ['--of', 'connections', '--rate', '100'],
  },
  embedded: {
    title: 'The embedded relay',
    ...{ unit: 'events/s', truth: null },
    script: null,
    args: [],
  },
};

const FULL = { searches: '5', how: 'steps as `capacity` makes them, 10 s after 3 s', args: [] };
const SHORT = { searches: '5', how: 'steps of 4 s after 1 s', args: ['--duration', '4s', '--warmup', '1s'] };
const REHEARSAL = {
  ...{ searches: '2', how: 'REHEARSAL, not a measurement' },
  args: ['--duration', '2s', '--warmup', '0s', '--tolerance', '50%', '--budget', '25s'],
};
const standard = values.rehearsal ? REHEARSAL : values.short ? SHORT : FULL;
const count = Number(values.searches ?? standard.searches);
const names = values.only.split(',');
const unknown = names.find((name) => !Object.hasOwn(CASES, name));
if (unknown !== undefined) throw new Error(`there is no case ${unknown}: ${Object.keys(CASES).join(', ')}`);

/** Starts a scripted relay; `stop` ends it by closing its stdin. */
async function startScripted(script) {
  const main = rootPath('test/support/scripted-relay-main.mjs');
  const child = spawn(process.execPath, [main, JSON.stringify(script)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const ended = new Promise((resolve) => child.once('close', resolve));
    return {
      url: JSON.parse(line).url,
      stop: () => {
        child.stdin.end();
        return ended;
      },
    };
  }
  throw new Error('the scripted relay did not start');
}

/** Exit codes of a search that was carried out, whatever it found. */
const CARRIED_OUT = [0, 99, 103];

function search(args) {
  const out = mkdtempSync(join(tmpdir(), 'relay-bench-capacity-'));
  try {
    const command = [rootPath('bin/relay-bench.js'), 'capacity', 'publish', '--out', out, '--format', 'json'];
    const { status, stderr } = spawnSync(process.execPath, [...command, ...standard.args, ...args], {
      encoding: 'utf8',
      // The document and a line for each step.
      maxBuffer: 64 * 1024 ** 2,
    });
    if (status === null || !CARRIED_OUT.includes(status))
      throw new Error(`capacity ended with ${status}: ${stderr.slice(-2_000)}`);
    return searchOf(JSON.parse(readFileSync(join(out, 'capacity.json'), 'utf8')));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** One search after the other, each against a relay of its own. */
async function searchesOf(name) {
  const { script, args } = CASES[name];
  const found = [];
  while (found.length < count) {
    const relay = script === null ? null : await startScripted(script);
    try {
      found.push(search([...args, ...(relay === null ? [] : ['--relay', relay.url])]));
    } finally {
      await relay?.stop();
    }
    process.stderr.write(`${name} ${found.length} of ${count}: ${JSON.stringify(found.at(-1))}\n`);
  }
  return found;
}

/** Writes the tables where the page has a part for them. */
function writeInto(page, results) {
  const directory = mkdtempSync(join(tmpdir(), 'relay-bench-capacity-'));
  try {
    for (const result of results)
      writeFileSync(join(directory, `${result.name}.json`), JSON.stringify(result));
    const command = [rootPath('scripts/performance-doc.mjs'), '--results', directory, '--doc', page];
    const { status } = spawnSync(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`${page} was not written`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const page = values.doc ?? (values.rehearsal ? null : rootPath('docs/capacity.md'));
const results = [];
for (const name of names) {
  const start = startOfBenchmark();
  const result = resultOf(
    { ...CASES[name], name: `capacity-${name}`, start, how: standard.how },
    await searchesOf(name),
  );
  results.push(result);
  if (!values.json) showResult(result, false);
  // At once: what was measured stays where a later case fails.
  if (page !== null) writeInto(page, [result]);
}
if (values.json) console.log(JSON.stringify(results, null, 2));
