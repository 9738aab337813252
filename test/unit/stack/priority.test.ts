import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { standBack } from '../../../src/stack/priority.ts';

test('a server stands back behind the load, and so does its session', async () => {
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  await standBack(pid);
  expect(getPriority(pid)).toBeGreaterThan(getPriority(process.pid));
  const group = `/proc/${pid}/autogroup`;
  // Kernels without autogroups compare the priorities of all processes.
  if (existsSync(group)) expect(readFileSync(group, 'utf8')).toMatch(/nice [1-9]/);
});

test('a server that has ended is no error: its readiness check tells', async () => {
  const child = spawn('true', { detached: true, stdio: 'ignore' });
  await once(child, 'close');
  await expect(standBack(child.pid ?? 0)).resolves.toBeUndefined();
});
