import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { CheckedChunks } from '../../src/corpus/import/checked-chunks.ts';
import { changed, pieces, smallCorpusLines } from '../support/small-corpus.ts';

vi.setConfig({ testTimeout: 120_000 });

const right = smallCorpusLines(12);
const rightLine = fc.constantFrom(...right);
const hostileLine = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')),
  fc.json(),
  fc.nat(200).map((depth) => '['.repeat(depth)),
  fc.tuple(rightLine, fc.jsonValue()).map(([line, tags]) => changed(line, { tags: tags as string[][] })),
  fc.tuple(rightLine, fc.nat(300)).map(([line, length]) => line.slice(0, length)),
  fc.tuple(rightLine, fc.nat(700), fc.nat(255)).map(([line, at, byte]) => {
    const bytes = Buffer.from(line);
    bytes[at % bytes.length] = byte === 10 ? 32 : byte;
    return bytes.toString('latin1');
  }),
);
const dump = fc.array(fc.oneof(rightLine, hostileLine), { maxLength: 12 }).map((lines) => lines.join('\n'));

/** What an import makes of a text that comes in pieces of `size` bytes. */
async function imported(text: string, size: number) {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / size);
  const cut = Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  const checked = new CheckedChunks(pieces(...cut), { threads: 1, verifier: 'wasm' });
  let output = '';
  for await (const chunk of checked.chunks()) output += Buffer.from(chunk.text).toString();
  return { output, drops: checked.drops() };
}

test('an import keeps nothing but right events, and every line is kept or counted, however it comes', async () => {
  await fc.assert(
    fc.asyncProperty(dump, fc.integer({ min: 1, max: 3_000 }), async (text, size) => {
      const { output, drops } = await imported(text, size);
      const kept = output.split('\n').slice(0, -1);
      expect(kept.filter((line) => !right.includes(line))).toEqual([]);
      expect(new Set(kept).size).toBe(kept.length);
      const dropped = Object.values(drops.dropped).reduce((sum, count) => sum + count, 0);
      expect(kept.length + dropped).toBe(drops.lines);
      expect(await imported(text, 1_000_000)).toEqual({ output, drops });
    }),
    { numRuns: 300 },
  );
});
