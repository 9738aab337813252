import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const HOOKS = fileURLToPath(new URL('../../support/ts-hooks.mjs', import.meta.url));
const MODULE = new URL('../../../src/base/idle-collections.ts', import.meta.url);

test('V8 knows the flag by which it is kept from collecting', () => {
  const program = `
    import { register } from 'node:module';
    register(${JSON.stringify(new URL(`file://${HOOKS}`).href)});
    const { withoutIdleCollections } = await import(${JSON.stringify(MODULE.href)});
    withoutIdleCollections();`;
  // V8 says what it does not know on stdout or stderr, and goes on.
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
