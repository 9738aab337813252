import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { start } from '../../../src/cli/start.ts';
import { FakeProcess } from '../../support/fake-process.ts';

describe('starting the command line', () => {
  test('runs it', async () => {
    expect(await start(new FakeProcess(['--version']))).toBe(0);
  });

  test('says in one line that too few files may be open to load it', async () => {
    const process = new FakeProcess(['--version']);
    const error = Object.assign(new Error("EMFILE: too many open files, open 'x.js'"), { code: 'EMFILE' });
    expect(await start(process, () => Promise.reject(error))).toBe(3);
    expect(process.stderr.text).toMatch(
      /^error: relay-bench can't be loaded: EMFILE.*\nhint: .*ulimit -n.*\n$/,
    );
  });

  test.each([
    ['that is there', 'chalk', 3],
    ['that is missing', 'nobody-has-this', null],
  ])('of a package %s that Node calls missing', async (_what, name, exitCode) => {
    const index = fileURLToPath(new URL(`../../../node_modules/${name}/index.js`, import.meta.url));
    const error = Object.assign(new Error(`Cannot find package '${index}' imported from /x/y.js`), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    const started = start(new FakeProcess(['--version']), () => Promise.reject(error));
    if (exitCode === null) await expect(started).rejects.toThrow('Cannot find package');
    else expect(await started).toBe(exitCode);
  });

  test('hides nothing else that keeps it from loading', async () => {
    const load = () => Promise.reject(new SyntaxError('broken'));
    await expect(start(new FakeProcess(), load)).rejects.toThrow('broken');
  });
});
