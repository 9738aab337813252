import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { identifyProcess } from '../../../../src/observe/process-identity.ts';
import { findProcess } from '../../../../src/stack/processes.ts';
import type { Service } from '../../../../src/stack/state.ts';
import { Watcher } from '../../../../src/stack/supervisor/watcher.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** A supervisor that is a program of the right name and does nothing. */
async function setUp() {
  const root = await tempDir();
  const dir = join(root, 'supervisor');
  await mkdir(dir);
  const program = join(root, 'supervisor', 'main.js');
  await writeFile(program, 'setInterval(() => undefined, 1_000);');
  const service: Service = {
    name: 'supervisor',
    kind: 'supervisor',
    role: '',
    dependsOn: [],
    dir,
    ports: {},
  };
  const facts = { isUp: true, answers: true, launched: 0 };
  const start = async (isRecorded: boolean): Promise<number> => {
    const child = spawn(process.execPath, [program], { cwd: dir });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    if (isRecorded) await writeFile(join(dir, 'pid.json'), JSON.stringify(identifyProcess(child.pid ?? 0)));
    return child.pid ?? 0;
  };
  const watcher = new Watcher({
    supervisor: service,
    isUp: () => facts.isUp,
    launch: async () => void facts.launched++,
    log: () => undefined,
    answers: async () => facts.answers,
  });
  return { service, facts, start, watcher };
}

describe('the watcher of the supervisor', () => {
  test('starts it again where it has ended', async () => {
    const { facts, watcher } = await setUp();
    await watcher.look();
    expect(facts.launched).toBe(1);
  });

  test('starts nothing while the stack starts or stops', async () => {
    const { facts, watcher } = await setUp();
    facts.isUp = false;
    await watcher.look();
    expect(facts.launched).toBe(0);
  });

  test('lets one alone that runs, also where nobody has recorded it, and records it then', async () => {
    const { service, facts, start, watcher } = await setUp();
    const pid = await start(false);
    expect(findProcess(service)).toBeNull();
    await watcher.look();
    expect(facts.launched).toBe(0);
    expect(findProcess(service)?.pid).toBe(pid);
  });
});
