// Makes reports/example: a run of `quick` and its reports. With --render the run stays and its reports are rendered again,
// which is enough where only a report has changed. A run that does not pass is no example and leaves everything as it was.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const BIN = new URL('../bin/relay-bench.js', import.meta.url).pathname;
const EXAMPLE = new URL('../reports/example', import.meta.url).pathname;
/** The formats that are committed, with their files. */
const FILES = { html: 'report.html', md: 'summary.md', junit: 'junit.xml', hlog: 'histograms.hlog' };

const { values } = parseArgs({ options: { render: { type: 'boolean', default: false } } });

function relayBench(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`relay-bench ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

if (!values.render) {
  const directory = mkdtempSync(join(tmpdir(), 'relay-bench-example-'));
  try {
    relayBench('run', 'quick', '--out', directory, '--format', Object.keys(FILES).join(','));
    const { verdict } = JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8'));
    if (verdict !== 'pass') throw new Error(`the run is ${verdict}: make it on a quiet machine`);
    cpSync(directory, EXAMPLE, { recursive: true });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
for (const [format, file] of Object.entries(FILES)) {
  writeFileSync(join(EXAMPLE, file), relayBench('report', join(EXAMPLE, 'run.json'), '--format', format));
}
console.log(`reports/example is ${values.render ? 'rendered again' : 'a run of today'}`);
