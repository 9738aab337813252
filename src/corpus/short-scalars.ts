import { createHash } from 'node:crypto';
import { consecutivePoints } from './secp256k1.ts';

/** A scalar below 2^64 whose point has an even y coordinate (BIP-340 "has_even_y"). */
export interface ShortScalar {
  readonly scalar: bigint;
  /** The x coordinate of scalar·G: 64 lower-case hex characters. */
  readonly xHex: string;
}

const FLOOR = 2n ** 62n;
/** Points that are made at a time, so that thousands of keys need no memory for points that are left out. */
const POINTS_AT_A_TIME = 4_112;

/**
 * Distinct scalars, deterministic: consecutive integers from a start that is a hash of `purpose`, without
 * those whose point has an odd y. They are short because signing is then several times faster, and because a
 * seed of 53 bits can't hide more than that: **none of them is a secret**.
 * @param purpose names the use and the seed; different purposes give unrelated scalars
 */
export function createShortScalars(purpose: readonly (string | number)[], count: number): ShortScalar[] {
  const digest = createHash('sha256')
    .update(JSON.stringify(['relay-bench', ...purpose]))
    .digest('hex');
  const scalars: ShortScalar[] = [];
  let first = FLOOR + (BigInt(`0x${digest}`) % FLOOR);
  while (scalars.length < count) {
    const points = consecutivePoints(first, Math.min(2 * (count - scalars.length), POINTS_AT_A_TIME));
    points.forEach(({ x, y }, i) => {
      if ((y & 1n) === 1n || scalars.length === count) return;
      scalars.push({ scalar: first + BigInt(i), xHex: x.toString(16).padStart(64, '0') });
    });
    first += BigInt(points.length);
  }
  return scalars;
}
