import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planFaster, tryFaster } from '../../../../src/cli/stack/faster.ts';
import type { NativeSchnorr } from '../../../../src/nostr/schnorr-native.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const there = (): NativeSchnorr => ({ ok: true, library: 'libsecp256k1.so.1', verifies: () => true });
const without = (missing: 'koffi' | 'libsecp256k1') => (): NativeSchnorr => ({
  ...{ ok: false, missing, problem: `no ${missing}` },
});

/** A directory with a package manager that does as it is told by `script`. */
async function pathWith(script: string): Promise<string> {
  const dir = await tempDir();
  await writeFile(join(dir, 'brew'), `#!/bin/sh\n${script}\n`);
  await chmod(join(dir, 'brew'), 0o755);
  return dir;
}

async function requestWith(script = 'exit 0') {
  return { path: await pathWith(script), asRoot: true, directory: '/nowhere' };
}

describe('the library that checks signatures, in `stack install`', () => {
  test('is offered where it is missing', async () => {
    const plan = planFaster(await requestWith(), without('libsecp256k1'));
    expect(plan.commands).toEqual([['brew', 'install', 'secp256k1']]);
    expect(plan.packages).toEqual(['libsecp256k1']);
  });

  test.each([
    ['where it is there', there],
    ['without koffi, which no package manager brings', without('koffi')],
  ])('is not offered %s', async (_name, load) => {
    expect(planFaster(await requestWith(), load).commands).toEqual([]);
  });

  test('is not offered without a package manager', () => {
    const request = { path: '/nowhere', asRoot: true, directory: '/nowhere' };
    expect(planFaster(request, without('libsecp256k1')).commands).toEqual([]);
  });

  test.each([
    ['exit 0', there, null],
    ['exit 0', without('libsecp256k1'), 'no libsecp256k1'],
    ['exit 7', there, 'libsecp256k1 could not be installed: `brew install secp256k1` ended with exit code 7'],
  ])('whose installation does `%s` stops nothing, and says what is wrong', async (script, load, problem) => {
    const request = await requestWith(script);
    const commands: string[] = [];
    const { PATH } = process.env;
    process.env['PATH'] = request.path;
    try {
      const plan = planFaster(request, without('libsecp256k1'));
      expect(await tryFaster(plan, (command) => commands.push(command.join(' ')), load)).toBe(problem);
    } finally {
      process.env['PATH'] = PATH;
    }
    expect(commands).toEqual(['brew install secp256k1']);
  });

  test('needs nothing to be done where nothing was planned', async () => {
    const plan = planFaster(await requestWith(), there);
    expect(await tryFaster(plan, () => expect.unreachable(), without('libsecp256k1'))).toBeNull();
  });
});
