import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory for one test, removed when the test has ended. */
export async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'relay-bench-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}
