import type { Random } from '../base/random.ts';

const WORDS =
  'relay note zap signal morning coffee block bitcoin people open network client server key thread today ' +
  'nobody really wants another platform but everyone keeps asking how the protocol works and why it is so ' +
  'simple that a weekend is enough to write your own client gm and good night from the other side of the ' +
  'world where it rains again while the price moves sideways read this long post before you reply please';
const VOCABULARY = WORDS.split(' ');

/** Different words that contents are made of, long enough to be searched for. */
export const FILLER_WORDS: readonly string[] = [...new Set(VOCABULARY.filter((word) => word.length > 3))];

/** ASCII words of exactly `bytes` bytes, free of characters that JSON escapes. */
export function fillerText(random: Random, bytes: number): string {
  const parts: string[] = [];
  for (let length = 0; length < bytes; ) {
    const word = VOCABULARY[random.int(VOCABULARY.length)] as string;
    parts.push(word);
    length += word.length + 1;
  }
  return parts.join(' ').slice(0, bytes).padEnd(bytes, '.');
}
