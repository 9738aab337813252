import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { identifyProcess } from '../../../src/observe/process-identity.ts';
import { neededMib, requireSpace } from '../../../src/stack/disk-space.ts';
import { withLock } from '../../../src/stack/lock.ts';
import { ownerFor, requireReachable } from '../../../src/stack/owner.ts';
import { portPicker, requireFree, tryPort } from '../../../src/stack/ports.ts';
import { readState, writeState } from '../../../src/stack/state.ts';
import { resolveShape } from '../../../src/stack/topology.ts';
import { sampleStack } from '../../support/sample-stack.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function listener(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('ports', () => {
  test('one that something listens on is refused with its number', async () => {
    const port = await listener();
    await expect(requireFree(port, 'take another')).rejects.toMatchObject({
      code: 'STACK_PORT_IN_USE',
      exitCode: 3,
      message: expect.stringContaining(String(port)),
    });
  });

  test('picked ones are free, below the range of outgoing connections, and none is picked twice', async () => {
    const draws = [0.5, 0.5, 0.5, 0.9];
    const pick = portPicker(() => draws.shift() ?? Math.random());
    const ports = [await pick(), await pick()];
    expect(new Set(ports).size).toBe(2);
    for (const port of ports) {
      expect(port).toBeLessThan(32_000);
      expect(await tryPort(port)).toBeNull();
    }
  });
});

describe('space on the disk', () => {
  const shape = resolveShape('scaled');
  const free = (mib: number) => async () => ({ bavail: mib, bsize: 2 ** 20 }) as never;

  test('too little is refused with both numbers', async () => {
    await expect(requireSpace('/stack', shape, free(10))).rejects.toMatchObject({
      code: 'STACK_DISK_FULL',
      exitCode: 3,
      message: `10 MiB are free in /stack, but the stack needs ${neededMib(shape)} MiB`,
    });
  });

  test('enough is enough', async () => {
    await expect(requireSpace('/stack', shape, free(neededMib(shape)))).resolves.toBeUndefined();
  });
});

describe('the user of the servers', () => {
  const passwd = 'root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104::/var/lib/postgresql:/bin/bash\n';

  test('is postgres where root starts them, else nobody, else oneself', () => {
    expect(ownerFor(0, passwd)).toEqual({ uid: 101, gid: 104 });
    expect(ownerFor(0, '')).toEqual({ uid: 65_534, gid: 65_534 });
    expect(ownerFor(1_000, passwd)).toBeNull();
  });

  test('must be able to reach the directory; the one in the way is named', async () => {
    const closed = await tempDir();
    await chmod(closed, 0o700);
    const dir = join(closed, 'stack');
    await mkdir(dir);
    expect(() => requireReachable(dir, { uid: 12_345, gid: 12_345 })).toThrow(
      `may not pass through ${closed}`,
    );
    await chmod(closed, 0o711);
    expect(() => requireReachable(dir, { uid: 12_345, gid: 12_345 })).not.toThrow();
    expect(() => requireReachable(dir, null)).not.toThrow();
  });
});

describe('the lock of a stack', () => {
  test('lets nobody in while its holder lives', async () => {
    const dir = await tempDir();
    await withLock(dir, async () => {
      await expect(withLock(dir, async () => 'in')).rejects.toMatchObject({
        code: 'STACK_BUSY',
        exitCode: 3,
      });
    });
    await expect(withLock(dir, async () => 'in')).resolves.toBe('in');
  });

  test('of a process that has died is taken over, even where its number is in use again', async () => {
    const dir = await tempDir();
    const self = identifyProcess(process.pid);
    const dead = { pid: process.pid, startTicks: (self?.startTicks ?? 0) - 1 };
    await writeFile(join(dir, 'lock'), JSON.stringify(dead));
    await expect(withLock(dir, async () => 'in')).resolves.toBe('in');
  });

  test('that was written by half is taken over', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'lock'), '{"pi');
    await expect(withLock(dir, async () => 'in')).resolves.toBe('in');
  });
});

describe('the state of a stack', () => {
  test('is read as it was written', async () => {
    const state = await sampleStack('scaled', { dir: await tempDir() });
    await writeState(state);
    expect(readState(state.dir)).toEqual(state);
  });

  test.each([
    ['the directory', 0o777, ''],
    ['the file', 0o666, 'stack.json'],
  ])('is not believed where everybody may write %s', async (_what, mode, name) => {
    const state = await sampleStack('single', { dir: await tempDir() });
    await writeState(state);
    await chmod(join(state.dir, name), mode);
    expect(() => readState(state.dir)).toThrow(
      expect.objectContaining({ code: 'STACK_STATE_UNTRUSTED', exitCode: 3 }),
    );
  });

  test('is not believed where it names directories elsewhere', async () => {
    const state = await sampleStack('single', { dir: await tempDir() });
    const services = state.services.map((service) => ({ ...service, dir: '/etc' }));
    await writeState({ ...state, services });
    expect(() => readState(state.dir)).toThrow(
      expect.objectContaining({ code: 'STACK_STATE_INVALID', message: expect.stringContaining('/etc') }),
    );
  });

  test('says nothing of the programs that are run', async () => {
    const state = await sampleStack('single', { dir: await tempDir() });
    await writeState({ ...state, binaries: { postgres: '/tmp/evil' } });
    expect(await readFile(join(state.dir, 'stack.json'), 'utf8')).not.toContain('evil');
    expect(readState(state.dir)?.binaries).toEqual({});
  });

  test('is null where there is none', async () => {
    expect(readState(await tempDir())).toBeNull();
  });

  test.each(['{"format":1}', '{', ''])('of another make is refused: %j', async (text) => {
    const dir = await tempDir();
    await writeFile(join(dir, 'stack.json'), text);
    expect(() => readState(dir)).toThrow(
      expect.objectContaining({ code: 'STACK_STATE_INVALID', exitCode: 3 }),
    );
  });
});
