import { describe, expect, test } from 'vitest';
import { RelayBenchError } from '../../../src/base/errors.ts';
import { createIo } from '../../../src/cli/io.ts';
import { formatUsageError, printError } from '../../../src/cli/print-error.ts';
import { FakeProcess } from '../../support/fake-process.ts';

function print(error: unknown): { code: number; stderr: string; stdout: string } {
  const process = new FakeProcess();
  const code = printError(error, createIo(process));
  return { code, stderr: process.stderr.text, stdout: process.stdout.text };
}

describe('errors', () => {
  test('a failure that a user can cause is one line and a hint, with its own exit code', () => {
    const error = new RelayBenchError('no relay answers', { code: 'X', hint: 'start it', exitCode: 3 });
    expect(print(error)).toEqual({
      code: 3,
      stderr: 'error: no relay answers\nhint: start it\n',
      stdout: '',
    });
  });

  test('anything else is a bug and shows its stack', () => {
    const { code, stderr } = print(new TypeError('x is not a function'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/this is a bug in relay-bench.*\nTypeError: x is not a function\n\s+at /);
  });

  test.each(['EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'ENOMEM'])('%s is a failure, not a bug', (code) => {
    const { code: exit, stderr } = print(Object.assign(new Error(`${code}: no more, open '/x'`), { code }));
    expect(exit).toBe(3);
    expect(stderr).toMatch(new RegExp(`^error: ${code}: no more, open '/x'\\nhint: .+\\n$`));
  });

  test('a thrown value that is no error is printed too', () => {
    expect(print('boom')).toMatchObject({ code: 1, stderr: expect.stringContaining('boom') });
  });

  test('addresses in a message lose their credentials, control characters become visible', () => {
    const error = new RelayBenchError('no answer from ws://me:secret@h:1/?token=secret, said \u001b[2J', {
      code: 'X',
      hint: 'see https://h/?key=secret',
    });
    const { stderr } = print(error);
    expect(stderr).toBe('error: no answer from ws://***@h:1/?***, said \\x1b[2J\nhint: see https://h/?***\n');
    expect(print(new Error('at wss://me:secret@h')).stderr).not.toContain('secret');
  });

  test('usage errors repeat no credentials either', () => {
    expect(formatUsageError("error: unknown option '--rely=ws://me:secret@h'", 'x')).not.toContain('secret');
  });

  test('several problems keep their lines', () => {
    const error = new RelayBenchError('two problems:\n  1:1 a\n  2:1 b', { code: 'X' });
    expect(print(error).stderr).toBe('error: two problems:\n  1:1 a\n  2:1 b\n');
  });

  test('a usage error keeps one line, and its suggestion becomes the hint', () => {
    expect(formatUsageError("error: unknown option '--rat'\n(Did you mean --rate?)\n", 'x --help')).toBe(
      "error: unknown option '--rat'\nhint: did you mean --rate?\n",
    );
  });

  test('a usage error without suggestion points to the help', () => {
    expect(formatUsageError("error: missing required argument 'run'\n", 'relay-bench gate --help')).toBe(
      "error: missing required argument 'run'\nhint: see `relay-bench gate --help`\n",
    );
  });
});
