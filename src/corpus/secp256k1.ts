import { createECDH } from 'node:crypto';

/**
 * Runs of consecutive points of secp256k1 (SEC 2 section 2.4.1), for throwaway keys and nonces: (s)·G,
 * (s+1)·G, … One affine addition each, the inversions of a block shared (Montgomery's trick), so that a point
 * costs a few microseconds. Not constant-time: never for a key that protects anything.
 */

/** Prime of the field. */
const P = 2n ** 256n - 2n ** 32n - 977n;
/** Order of the group: secret keys and nonces are 1 … ORDER − 1. */
export const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** A point other than infinity, in affine coordinates. */
export interface AffinePoint {
  readonly x: bigint;
  readonly y: bigint;
}

/** Points to either side of a block's centre. */
const HALF = 128;
const BLOCK = 2 * HALF + 1;

function mod(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

/** Inverse modulo the field prime by the extended Euclidean algorithm. */
function invert(value: bigint): bigint {
  let [a, b, u, v] = [mod(value), P, 1n, 0n];
  if (a === 0n) throw new RangeError('zero has no inverse');
  while (a !== 1n) {
    const q = b / a;
    [a, b, u, v] = [b - q * a, a, v - q * u, u];
  }
  return mod(u);
}

/** Inverses of all values for the price of one inversion and three multiplications each. */
function invertAll(values: readonly bigint[]): bigint[] {
  const inverses = new Array<bigint>(values.length);
  let product = 1n;
  for (let i = 0; i < values.length; i++) {
    inverses[i] = product;
    product = (product * (values[i] as bigint)) % P;
  }
  let inverse = invert(product);
  for (let i = values.length - 1; i >= 0; i--) {
    inverses[i] = mod((inverses[i] as bigint) * inverse);
    inverse = (inverse * (values[i] as bigint)) % P;
  }
  return inverses;
}

/** The sum of a and (x, y), given 1 / (x − a.x). */
function sum(a: AffinePoint, x: bigint, y: bigint, inverse: bigint): AffinePoint {
  const slope = ((y - a.y) * inverse) % P;
  const sumX = mod(slope * slope - a.x - x);
  return { x: sumX, y: mod(slope * (a.x - sumX) - a.y) };
}

function double(a: AffinePoint): AffinePoint {
  const slope = (3n * a.x * a.x * invert(2n * a.y)) % P;
  const x = mod(slope * slope - 2n * a.x);
  return { x, y: mod(slope * (a.x - x) - a.y) };
}

/** scalar·G by OpenSSL. */
function multiplyGenerator(scalar: bigint): AffinePoint {
  const ecdh = createECDH('secp256k1');
  ecdh.setPrivateKey(scalar.toString(16).padStart(64, '0'), 'hex');
  const uncompressed = ecdh.getPublicKey('hex');
  return { x: BigInt(`0x${uncompressed.slice(2, 66)}`), y: BigInt(`0x${uncompressed.slice(66)}`) };
}

/** 1·G … HALF·G; made on first use. */
let smallMultiples: readonly AffinePoint[] | null = null;

function multiplesOfGenerator(): readonly AffinePoint[] {
  if (smallMultiples !== null) return smallMultiples;
  const generator = multiplyGenerator(1n);
  const points = [generator, double(generator)];
  for (let last = double(generator); points.length < HALF; points.push(last)) {
    last = sum(last, generator.x, generator.y, invert(generator.x - last.x));
  }
  smallMultiples = points;
  return points;
}

/**
 * The points (first)·G … (first + count − 1)·G, in order.
 * @param first 1 … ORDER − count; not within a few hundred of either end, where additions degenerate
 */
export function consecutivePoints(first: bigint, count: number): AffinePoint[] {
  const points: AffinePoint[] = new Array(count);
  const put = (index: number, point: AffinePoint): void => {
    if (index < count) points[index] = point;
  };
  for (let start = 0; start < count; start += BLOCK) {
    const centre = multiplyGenerator(first + BigInt(start + HALF));
    put(start + HALF, centre);
    const multiples = multiplesOfGenerator();
    const inverses = invertAll(multiples.map((multiple) => multiple.x - centre.x));
    multiples.forEach(({ x, y }, j) => {
      const inverse = inverses[j] as bigint;
      put(start + HALF + j + 1, sum(centre, x, y, inverse));
      put(start + HALF - j - 1, sum(centre, x, -y, inverse));
    });
  }
  return points;
}
