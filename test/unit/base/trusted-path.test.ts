import { execFileSync } from 'node:child_process';
import { chmod, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  caller,
  distrust,
  distrustOnTheWay,
  readTrusted,
  requireTrustedDirectory,
  requireTrustedPath,
} from '../../../src/base/trusted-path.ts';
import { tempDir } from '../../support/temp-dir.ts';

const ERROR = { what: 'the thing', code: 'NOT_TRUSTED', exitCode: 3 } as const;
const refusal = (text: string) =>
  expect.objectContaining({ code: 'NOT_TRUSTED', exitCode: 3, message: expect.stringContaining(text) });
const anyId = fc.integer({ min: 0, max: 70_000 });
const anyOwnership = fc.record({ uid: anyId, gid: anyId, mode: fc.integer({ min: 0, max: 0o177777 }) });

/** Somebody who is not the user of this process, and not root. */
const STRANGER = { uid: 4_242, gid: 4_242 };

describe('what lies at a path', () => {
  test('is believed only where nobody but the caller, their own group and root may write it', () => {
    fc.assert(
      fc.property(anyOwnership, fc.record({ uid: anyId, gid: anyId }), (found, me) => {
        const isForeign = found.uid !== me.uid && found.uid !== 0;
        const isOpen = (found.mode & 0o002) !== 0;
        const isGroupOpen = (found.mode & 0o020) !== 0 && !(found.gid === me.gid && me.gid === me.uid);
        expect(distrust(found, me) !== null).toBe(isForeign || isOpen || isGroupOpen);
      }),
    );
  });

  test('is not looked at where the system knows no users', () => {
    expect(distrust({ uid: 1, gid: 1, mode: 0o777 }, null)).toBeNull();
  });

  test.each([
    [{ uid: 0, gid: 0, mode: 0o041777 }, null],
    [{ uid: 0, gid: 0, mode: 0o040777 }, 'others may write it (mode 777)'],
    [{ uid: 65_534, gid: 65_534, mode: 0o040755 }, null],
    [{ uid: 1_000, gid: 1_000, mode: 0o040755 }, 'it belongs to user 1000'],
    [{ uid: 1_000, gid: 1_000, mode: 0o041755 }, 'it belongs to user 1000'],
  ])('a directory on the way %j: %s', (found, problem) => {
    expect(distrustOnTheWay(found, { uid: 0, gid: 0 })).toBe(problem);
  });
});

describe('a directory', () => {
  test('that everybody may write is refused, one that is not there is not', async () => {
    const dir = await tempDir();
    requireTrustedDirectory(dir, ERROR);
    requireTrustedDirectory(join(dir, 'missing'), ERROR);
    await writeFile(join(dir, 'file'), '');
    requireTrustedDirectory(join(dir, 'file', 'below'), ERROR);
    await chmod(dir, 0o777);
    expect(() => requireTrustedDirectory(dir, ERROR)).toThrow(refusal('others may write it (mode 777)'));
  });

  test('of somebody else is refused', async () => {
    const dir = await tempDir();
    const me = caller()?.uid === 0 ? null : refusal('it belongs to user');
    if (me !== null) expect(() => requireTrustedDirectory(dir, ERROR, STRANGER)).toThrow(me);
    else expect(() => requireTrustedDirectory(dir, ERROR, STRANGER)).not.toThrow();
  });

  test('that somebody else may replace is refused, whatever it is itself', async () => {
    const parent = await tempDir();
    const dir = join(parent, 'mine');
    await mkdir(dir, { mode: 0o700 });
    await chmod(parent, 0o777);
    expect(() => requireTrustedPath(dir, ERROR)).toThrow(refusal(parent));
  });

  test('that is a link is looked at where it leads', async () => {
    const dir = await tempDir();
    const open = join(dir, 'open');
    await mkdir(open);
    await chmod(open, 0o777);
    await mkdir(join(dir, 'closed'), { mode: 0o700 });
    await symlink(open, join(dir, 'bad'));
    await symlink(join(dir, 'closed'), join(dir, 'good'));
    expect(() => requireTrustedPath(join(dir, 'bad'), ERROR)).toThrow(refusal(open));
    expect(requireTrustedPath(join(dir, 'good'), ERROR)).toBe(await realpath(join(dir, 'closed')));
  });
});

describe('a file', () => {
  test('of the caller is read, and one that is not there is null', async () => {
    const path = join(await tempDir(), 'file');
    expect(readTrusted(path, ERROR)).toBeNull();
    await writeFile(path, 'text', { mode: 0o600 });
    expect(readTrusted(path, ERROR)).toBe('text');
  });

  test('that others may write, a link and a pipe are refused', async () => {
    const dir = await tempDir();
    const path = join(dir, 'file');
    await writeFile(path, 'text', { mode: 0o600 });
    await symlink(path, join(dir, 'link'));
    expect(() => readTrusted(join(dir, 'link'), ERROR)).toThrow(refusal('it is a symbolic link'));
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    expect(() => readTrusted(join(dir, 'pipe'), ERROR)).toThrow(refusal('it is no file'));
    await chmod(path, 0o666);
    expect(() => readTrusted(path, ERROR)).toThrow(refusal('others may write it (mode 666)'));
  });
});
