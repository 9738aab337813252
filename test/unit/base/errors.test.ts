import { describe, expect, it } from 'vitest';
import { messageOf, RelayBenchError } from '../../../src/base/errors.ts';

describe('RelayBenchError', () => {
  it('is a usage error unless told otherwise', () => {
    expect(new RelayBenchError('m', { code: 'C' }).exitCode).toBe(2);
    expect(new RelayBenchError('m', { code: 'C', exitCode: 3 }).exitCode).toBe(3);
  });

  it('keeps what caused it', () => {
    const cause = new Error('inner');
    expect(new RelayBenchError('outer', { code: 'C', cause }).cause).toBe(cause);
  });
});

describe('messageOf', () => {
  it('takes the message of an error and the text of anything else', () => {
    expect(messageOf(new Error('why'))).toBe('why');
    expect(messageOf('just so')).toBe('just so');
    expect(messageOf(undefined)).toBe('undefined');
  });
});
