import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identifyProcess } from '../../../../src/observe/process-identity.ts';
import { childrenOf } from '../../../../src/observe/process-tree.ts';
import { Backends } from '../../../../src/stack/supervisor/backends.ts';
import { tempDir } from '../../../support/temp-dir.ts';

test('the children of a running server stand back as it does; one that does not run has none', async () => {
  const dir = join(await tempDir(), 'postgres-1');
  await mkdir(dir);
  const server = spawn('sh', ['-c', 'sleep 60 & echo started; wait'], { detached: true, cwd: dir });
  onTestFinished(() => void process.kill(-(server.pid ?? 0), 'SIGKILL'));
  await once(server.stdout, 'data');
  const node = async (name: string, pid: number, at: string) => {
    await writeFile(join(at, 'pid.json'), JSON.stringify(identifyProcess(pid) ?? { pid, startTicks: 1 }));
    return { name, kind: 'postgres' as const, role: '', dependsOn: [], dir: at, ports: {} };
  };
  const nodes = [
    await node('postgres-1', server.pid ?? 0, dir),
    await node('postgres-2', 4_194_304, await tempDir()),
  ];
  await new Backends(nodes).look();
  const [child = 0] = childrenOf(server.pid ?? 0);
  expect(getPriority(child)).toBeGreaterThan(getPriority(process.pid));
});
