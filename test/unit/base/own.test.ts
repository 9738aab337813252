import { describe, expect, it } from 'vitest';
import { own } from '../../../src/base/own.ts';

describe('own', () => {
  it('gives what the object itself has', () => {
    expect(own({ constructor: 3 }, 'constructor')).toBe(3);
  });

  it('gives nothing of what every object inherits', () => {
    const words: Record<string, number> = {};
    expect(['constructor', '__proto__', 'toString', 'hasOwnProperty'].map((key) => own(words, key))).toEqual(
      Array(4).fill(undefined),
    );
  });
});
