/** A seeded source of random numbers; the same seed and label give the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1) with 53 bits. */
  next(): number;
  /** Uniform integer in [0, bound). */
  int(bound: number): number;
  /** Uniform unsigned 32-bit integer. */
  uint32(): number;
}

/** FNV-1a over the label, so that streams of one seed are independent of each other. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * The sfc32 generator (Chris Doty-Humphrey, PractRand): 128-bit state, integer operations only, hence
 * identical on every platform.
 * @param seed any safe integer
 * @param label names the use, for example `arrivals/publish`; different labels are independent streams
 */
export function createRandom(seed: number, label: string): Random {
  let a = seed >>> 0;
  let b = Math.floor(seed / 0x1_0000_0000) >>> 0;
  let c = hash32(label);
  let counter = 1;
  const uint32 = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) uint32();
  const next = (): number => ((uint32() >>> 5) * 0x4000000 + (uint32() >>> 6)) / 0x20_0000_0000_0000;
  return { next, uint32, int: (bound) => Math.floor(next() * bound) };
}
