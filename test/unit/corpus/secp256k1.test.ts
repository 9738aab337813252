import { pointFromScalar } from 'tiny-secp256k1';
import { expect, test, vi } from 'vitest';
import { consecutivePoints } from '../../../src/corpus/secp256k1.ts';

// Curve arithmetic takes longer than the default limit on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const FIRST = 0x1234_5678_9abc_def0_1111_2222_3333_4444n;

function hex32(value: bigint): string {
  return value.toString(16).padStart(64, '0');
}

test('consecutive points are what libsecp256k1 gives for each scalar, across the seams of blocks', () => {
  const points = consecutivePoints(FIRST, 600);
  expect(points).toHaveLength(600);
  points.forEach(({ x, y }, i) => {
    const expected = pointFromScalar(Buffer.from(hex32(FIRST + BigInt(i)), 'hex'), false) ?? [];
    expect(`04${hex32(x)}${hex32(y)}`).toBe(Buffer.from(expected).toString('hex'));
  });
});

test.each([0, 1, 2, 128, 257, 258])('exactly %i points are made', (count) => {
  const points = consecutivePoints(FIRST, count);
  expect(points).toHaveLength(count);
  expect(points.every((point) => point !== undefined)).toBe(true);
});
