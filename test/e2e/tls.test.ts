import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { withTlsRelay } from '../support/tls-relay.ts';

const SHORT = [
  'run',
  'publish',
  '--connections',
  '4',
  '--rate',
  '20',
  '--duration',
  '2s',
  '--warmup',
  '0s',
  '--progress',
  'none',
];

describe('wss://', () => {
  it('names what is wrong with a certificate and sends nothing', async () => {
    const { exitCode, stderr } = await withTlsRelay((url) => runCli([...SHORT, '--relay', url]));
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/self[- ]signed certificate/);
    expect(stderr).toMatch(/--insecure/);
  });

  it('loads a relay whose certificate nobody has signed when that is allowed', async () => {
    const out = await mkdtemp(join(tmpdir(), 'relay-bench-tls-'));
    try {
      const { exitCode } = await withTlsRelay((url) =>
        runCli([...SHORT, '--relay', url, '--insecure', '--out', out]),
      );
      // A busy machine may make the run invalid, or its latencies high; the accounts must be right all the same.
      expect([0, 99, 103]).toContain(exitCode);
      const record = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
      expect(record.ratios).toMatchObject({ ack_ratio: 1, connect_ratio: 1 });
      expect(record.counters.events_accepted).toBe(record.load.offered.events);
    } finally {
      await rm(out, { recursive: true });
    }
  });
});
