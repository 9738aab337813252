import { describe, expect, test } from 'vitest';
import { createIo } from '../../../../src/cli/io.ts';
import { progressReporter, resolveProgress } from '../../../../src/cli/run/progress.ts';
import { FakeProcess } from '../../../support/fake-process.ts';

function io(isTTY: boolean, env: Record<string, string> = {}) {
  const process = new FakeProcess([], env);
  process.stderr.isTTY = isTTY;
  return createIo(process);
}

describe('progress', () => {
  test('auto is a live block where a person watches', () => {
    expect(resolveProgress('auto', io(true))).toBe('tty');
  });

  test.each([
    ['a pipe', false, {}],
    ['CI', true, { CI: 'true' }],
    ['a dumb terminal', true, { TERM: 'dumb' }],
  ] as const)('auto is plain lines for %s', (_name, isTTY, env) => {
    expect(resolveProgress('auto', io(isTTY, env))).toBe('plain');
  });

  test('CI=false is no CI', () => {
    expect(resolveProgress('auto', io(true, { CI: 'false' }))).toBe('tty');
  });

  test('a mode that is asked for is taken as it is', () => {
    expect(resolveProgress('tty', io(false))).toBe('tty');
    expect(resolveProgress('none', io(true))).toBe('none');
  });

  test('none has no display', () => {
    expect(progressReporter('none', io(true), undefined)).toBeNull();
  });

  test.each(['tty', 'plain', 'json'] as const)('%s writes to stderr only', (mode) => {
    const process = new FakeProcess();
    const reporter = progressReporter(mode, createIo(process), undefined);
    reporter?.onProgress?.({ type: 'connecting', opened: 1, failed: 0, total: 2 });
    void reporter?.onEnd?.();
    expect(process.stderr.text).not.toBe('');
    expect(process.stdout.text).toBe('');
    expect(process.listenerCount('exit')).toBe(0);
  });
});
