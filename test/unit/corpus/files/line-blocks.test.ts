import { describe, expect, test } from 'vitest';
import { eachLine, lineBlocks, MAX_LINE_BYTES } from '../../../../src/corpus/files/line-blocks.ts';
import { pieces } from '../../../support/small-corpus.ts';

type Seen = string | { readonly overlongLine: number };

/** Every line with its number, and what was too long. */
async function linesOf(...texts: readonly (string | Uint8Array)[]): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const block of lineBlocks(pieces(...texts))) {
    if ('overlongLine' in block) {
      seen.push(block);
      continue;
    }
    const before = seen.length;
    eachLine(block, (line, number) => seen.push(`${number} ${line.toString()}`));
    expect(seen.length - before).toBe(block.lines);
  }
  return seen;
}

describe('blocks of lines', () => {
  test.each([
    { it: 'in one piece', texts: ['a\nb\nc\n'] },
    { it: 'without a line feed at the end', texts: ['a\nb\nc'] },
    { it: 'cut inside of lines', texts: ['a', '\nb\n', 'c\n'] },
    { it: 'cut at line feeds', texts: ['a\n', 'b', '\n', 'c'] },
    { it: 'with empty pieces', texts: ['', 'a\nb\nc', '', '\n'] },
  ])('are the lines of a text $it', async ({ texts }) => {
    expect(await linesOf(...texts)).toEqual(['1 a', '2 b', '3 c']);
  });

  test('keep empty lines', async () => {
    expect(await linesOf('a\n\n\nb')).toEqual(['1 a', '2 ', '3 ', '4 b']);
  });

  test('of nothing are none', async () => {
    expect(await linesOf('', '')).toEqual([]);
  });

  test('join characters that are cut', async () => {
    const bytes = Buffer.from('ü€😀\n');
    const cut = [...bytes].map((byte) => Buffer.from([byte]));
    expect(await linesOf(...cut)).toEqual(['1 ü€😀']);
  });

  test('leave out a line that is too long, wherever it stands', async () => {
    const long = 'x'.repeat(MAX_LINE_BYTES);
    const tooLong = [long, 'xx', '\n'];
    expect(await linesOf('a\n', ...tooLong, 'b\n')).toEqual(['1 a', { overlongLine: 2 }, '3 b']);
    expect(await linesOf(...tooLong, ...tooLong)).toEqual([{ overlongLine: 1 }, { overlongLine: 2 }]);
    expect(await linesOf('a\n', long, 'xx')).toEqual(['1 a', { overlongLine: 2 }]);
  });

  test('keep the longest line that is allowed', async () => {
    const lines = await linesOf('x'.repeat(MAX_LINE_BYTES - 1), '\nb');
    expect(lines[1]).toBe('2 b');
  });
});
