/** A well-spread unsigned 32-bit hash of (n, salt): the finaliser of MurmurHash3. @param n a safe integer of at least 0 */
export function mix(n: number, salt: number): number {
  let h = (n | 0) ^ salt ^ Math.imul((n / 0x1_0000_0000) | 0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
