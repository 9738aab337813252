import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { startBuiltRelay } from '../support/built-relay.ts';
import { eventually } from '../support/eventually.ts';
import { tempDir } from '../support/temp-dir.ts';

const started: { kill(signal: 'SIGKILL'): unknown }[] = [];

afterEach(() => {
  for (const each of started.splice(0)) each.kill('SIGKILL');
});

/** A process that serves its liveness and never lets its event loop turn again. */
async function startBlocked(): Promise<{ child: ChildProcess; url: string }> {
  const module = new URL('../../dist/relay/http/liveness.js', import.meta.url).href;
  const script = `
    import { writeSync } from 'node:fs';
    import { serveLiveness } from ${JSON.stringify(module)};
    const { url } = await serveLiveness({ host: '127.0.0.1', port: 0 }, () => undefined);
    writeSync(1, url);
    for (;;);
  `;
  const file = join(await tempDir(), 'blocked.mjs');
  await writeFile(file, script);
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const [url] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: url.toString() };
}

function areStopped(pid = 0): boolean {
  const states = readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  });
  return states.every((state) => state === 'T');
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  await response.arrayBuffer();
  return response.status;
}

it('a process whose event loop is late is said to live, and one whose event loop never turns to hang', async () => {
  const { url } = await startBlocked();
  expect(await statusOf(url)).toBe(200);
  await eventually('it hangs', async () => (await statusOf(url)) === 503);
});

it('a process that is stopped says nothing', async () => {
  const { child, url } = await startBlocked();
  child.kill('SIGSTOP');
  // A thread that runs on another core stops only when the signal reaches it there.
  await eventually('all its threads are stopped', () => areStopped(child.pid), { everyMs: 5 });
  await expect(fetch(url, { signal: AbortSignal.timeout(1_000) })).rejects.toThrow(/timeout/);
});

it('a relay that is about to end says so there, and answers nothing else', async () => {
  const relay = await startBuiltRelay(['--liveness-port', '0']);
  started.push(relay.child);
  const { liveness = '' } = relay.ready;
  expect(await statusOf(liveness)).toBe(200);
  expect(await statusOf(liveness.replace('/health', '/metrics'))).toBe(404);
  await relay.stop();
  await expect(fetch(liveness)).rejects.toThrow();
});

it('a relay whose liveness can not be served ends, and names the address', async () => {
  const other = await startBuiltRelay(['--liveness-port', '0']);
  started.push(other.child);
  const { port } = new URL(other.ready.liveness ?? '');
  await expect(startBuiltRelay(['--liveness-port', port])).rejects.toThrow();
});
