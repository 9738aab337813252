import { expect, test } from 'vitest';
import { capacitySchema } from '../../src/capacity/schema.ts';
import { runCli } from '../support/run-cli.ts';
import { withScriptedRelay } from '../support/scripted-relay.ts';
import { tempDir } from '../support/temp-dir.ts';

// A coarse search within a budget; one to its end is a case of bench/capacity.mjs.
test('a relay whose answers take 100 ms with 700 connections: so many lie between what holds and what breaks', {
  timeout: 400_000,
}, async () => {
  const search = ['--of', 'connections', '--connections', '500', '--rate', '100', '--tolerance', '20%'];
  const short = ['--duration', '3s', '--warmup', '1s', '--budget', '40s', '--format', 'json'];
  const out = await tempDir();
  const { exitCode, stdout } = await withScriptedRelay({ events: { msPerConnection: 1 / 7 } }, ({ url }) =>
    runCli(['capacity', 'publish', '--relay', url, '--out', out, ...search, ...short]),
  );
  expect(exitCode).toBe(0);
  const { steps, limit } = capacitySchema.parse(JSON.parse(stdout));
  expect(steps[0]).toMatchObject({ connections: 500 });
  expect(limit.low ?? 0).toBeLessThanOrEqual(700);
  // What this machine adds to an answer counts too, which only lowers what is found.
  expect(limit.high ?? 840).toBeLessThanOrEqual(1_000);
});
