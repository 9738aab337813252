// Checks a relay against the conformance statements in test/conformance: `npm run conformance -- --relay URL`.
// Without --relay the reference relay is checked. The statements publish some hundred events with throwaway
// keys, so that a relay elsewhere has to be named with --i-own-this-relay HOST.

import { spawnSync } from 'node:child_process';
import { env, exit, stderr } from 'node:process';
import { parseArgs } from 'node:util';
import { requireConsent } from '../dist/cli/consent.js';
import { resolveTargets } from '../dist/cli/target.js';

const VITEST = new URL('../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
const USAGE_EXIT = 2;

async function readRelay() {
  const { values } = parseArgs({
    options: { relay: { type: 'string' }, 'i-own-this-relay': { type: 'string', multiple: true } },
  });
  if (values.relay === undefined) return undefined;
  requireConsent(await resolveTargets([values.relay]), values['i-own-this-relay'] ?? []);
  return values.relay;
}

function runStatements(url) {
  const args = [
    VITEST,
    'run',
    '--project',
    'e2e',
    '--reporter',
    'verbose',
    '--retry=0',
    'test/e2e/relay-conformance.test.ts',
  ];
  const relay = url === undefined ? {} : { RELAY_BENCH_CONFORMANCE_URL: url };
  return spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...env, ...relay } }).status ?? 1;
}

try {
  exit(runStatements(await readRelay()));
} catch (error) {
  stderr.write(`${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}\n`);
  exit(USAGE_EXIT);
}
