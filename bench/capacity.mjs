// How well `capacity` finds a limit that is known, and how far its results lie apart where none is: five searches each
// against a scripted relay that takes exactly 300 events/s, one whose answers take 100 ms with 700 connections, and the
// embedded relay. About half an hour.
//   npm run build && node bench/capacity.mjs [--searches N] [--only rate,connections,embedded] [--json]

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { rootPath } from './support.mjs';

const { values } = parseArgs({
  options: {
    searches: { type: 'string', default: '5' },
    only: { type: 'string', default: 'rate,connections,embedded' },
    json: { type: 'boolean', default: false },
  },
});

const CASES = {
  rate: { script: { events: { capacity_per_s: 300 } }, args: [], truth: 300 },
  connections: {
    script: { events: { msPerConnection: 1 / 7 } },
    args: ['--of', 'connections', '--rate', '100'],
    truth: 700,
  },
  embedded: { script: null, args: [], truth: null },
};
const WITHIN = 0.05;

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

function search(args) {
  const out = mkdtempSync(join(tmpdir(), 'relay-bench-capacity-'));
  try {
    const command = [
      rootPath('bin/relay-bench.js'),
      'capacity',
      'publish',
      '--out',
      out,
      '--format',
      'json',
      ...args,
    ];
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`capacity ended with ${status}: ${stderr.slice(-2_000)}`);
    return JSON.parse(readFileSync(join(out, 'capacity.json'), 'utf8'));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const results = [];
for (const name of values.only.split(',')) {
  const { script, args, truth } = CASES[name];
  for (let run = 1; run <= Number(values.searches); run++) {
    const relay = script === null ? null : await startScripted(script);
    try {
      const { limit, steps, duration_s, of } = search([
        ...args,
        ...(relay === null ? [] : ['--relay', relay.url]),
      ]);
      const value = of === 'rate' ? limit.rate_per_s : limit.connections;
      const error = truth === null ? null : value / truth - 1;
      results.push({
        name,
        run,
        value,
        ...limit,
        steps: steps.length,
        duration_s: Math.round(duration_s),
        error,
      });
      const shown = results.at(-1);
      if (!values.json) console.log(JSON.stringify(shown));
    } finally {
      await relay?.stop();
    }
  }
}
if (values.json) console.log(JSON.stringify(results, null, 2));
for (const name of values.only.split(',')) {
  const found = results.filter((one) => one.name === name);
  const limits = found.map(({ value }) => value);
  const spread =
    (Math.max(...limits) - Math.min(...limits)) / 2 / ((Math.max(...limits) + Math.min(...limits)) / 2);
  const right = found.filter(({ error }) => error !== null && Math.abs(error) <= WITHIN).length;
  const truth =
    CASES[name].truth === null ? '' : `, ${right} of ${found.length} within ± 5 % of ${CASES[name].truth}`;
  console.error(`${name}: ± ${(spread * 100).toFixed(1)} % over ${found.length} searches${truth}`);
}
