import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { takeDown } from '../../src/stack/lifecycle/down.ts';

/** A directory for the stack of one test, which the servers' user can reach; what runs there ends with the test. */
export async function stackDir(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'relay-bench-stack-'));
  await chmod(parent, 0o755);
  const dir = join(parent, 'stack');
  onTestFinished(async () => {
    await takeDown(dir, { keep: false });
    await rm(parent, { recursive: true, force: true });
  }, 60_000);
  return dir;
}
