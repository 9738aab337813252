import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { MAX_LINE_BYTES } from '../../../../src/corpus/files/line-blocks.ts';
import type { CorpusManifest } from '../../../../src/corpus/files/manifest.ts';
import { openCorpus } from '../../../../src/corpus/files/open-corpus.ts';
import { decompressed } from '../../../../src/corpus/files/open-input.ts';
import { MAX_PROBLEMS } from '../../../../src/corpus/import/check-lines.ts';
import { importCorpus } from '../../../../src/corpus/import/import-corpus.ts';
import { isNestedDeeper } from '../../../../src/corpus/import/nesting.ts';
import { verifyCorpus } from '../../../../src/corpus/import/verify-corpus.ts';
import { changed, pieces, smallCorpusLines } from '../../../support/small-corpus.ts';
import { tempDir } from '../../../support/temp-dir.ts';

// Verification takes a third of a millisecond an event, several times longer on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let lines: readonly string[] = [];
beforeAll(() => {
  lines = smallCorpusLines(200);
});
const line = (n: number): string => lines[n] as string;
const textOf = (some: readonly string[]): string => some.map((one) => `${one}\n`).join('');

interface Imported {
  readonly dir: string;
  readonly manifest: CorpusManifest;
}

async function importText(...texts: readonly (string | Uint8Array)[]): Promise<Imported> {
  const dir = join(await tempDir(), 'corpus');
  const manifest = await importCorpus(pieces(...texts), { dir, gzip: false, workers: 1 });
  return { dir, manifest };
}

function sourceOf({ manifest }: Imported): Extract<CorpusManifest['source'], { type: 'imported' }> {
  if (manifest.source.type !== 'imported') throw new Error('not imported');
  return manifest.source;
}

/** How many lines were left out for each reason that occurred. */
function dropsOf(imported: Imported): Record<string, number> {
  return Object.fromEntries(Object.entries(sourceOf(imported).dropped).filter(([, count]) => count > 0));
}

describe('an import', () => {
  test('keeps every right event once, in order, as it was written', async () => {
    const imported = await importText(textOf(lines));
    expect(dropsOf(imported)).toEqual({});
    expect(imported.manifest).toMatchObject({ events: 200, source: { lines: 200, problems: [] } });
    expect(await readFile(join(imported.dir, 'events.jsonl'), 'utf8')).toBe(textOf(lines));
  });

  test('counts every planted mistake exactly', async () => {
    const wrongSignature = `${(JSON.parse(line(3)) as { sig: string }).sig.slice(2)}00`;
    const planted = [
      ...[line(0), '', '   ', '{"id":', '\u0000', changed(line(1), { content: 'changed' })],
      ...[
        changed(line(2), { created_at: 5 }),
        changed(line(3), { sig: wrongSignature }),
        '[]',
        '"text"',
        'null',
      ],
      ...[
        changed(line(4), { kind: 70_000 }),
        '[[[[[[[[[1]]]]]]]]]',
        line(5),
        line(5),
        line(0),
        `${line(6)}\r`,
      ],
      ...[changed(line(7), { pubkey: 'f'.repeat(64) }), `{"a":"${'x'.repeat(MAX_LINE_BYTES)}"}`, line(8)],
    ];
    const imported = await importText(textOf(planted));
    expect(dropsOf(imported)).toEqual({
      'line-too-long': 1,
      'too-deep': 1,
      'not-json': 2,
      'not-an-event': 4,
      'wrong-id': 3,
      'wrong-signature': 1,
      duplicate: 2,
    });
    expect(imported.manifest.events).toBe(4);
    expect(sourceOf(imported).lines).toBe(18);
    expect(await readFile(join(imported.dir, 'events.jsonl'), 'utf8')).toBe(
      textOf([line(0), line(5), line(6), line(8)]),
    );
  });

  test('names the lines that are wrong', async () => {
    const imported = await importText(textOf([line(0), 'oops', '', '{}']), 'oops');
    expect(sourceOf(imported).problems).toEqual([
      { line: 2, reason: 'not-json', detail: 'not JSON' },
      { line: 4, reason: 'not-an-event', detail: 'id is not 64 lowercase hex characters' },
      { line: 5, reason: 'not-json', detail: 'not JSON' },
    ]);
  });

  test('names only the first of many', async () => {
    const imported = await importText('oops\n'.repeat(1_000), 'oops\n'.repeat(1_000), line(0));
    expect(sourceOf(imported).problems).toHaveLength(MAX_PROBLEMS);
    expect(dropsOf(imported)).toEqual({ 'not-json': 2_000 });
  });

  test('refuses text that is no UTF-8', async () => {
    const bytes = Buffer.from(`${line(0)}\n`);
    bytes[bytes.length - 10] = 0xff;
    expect(dropsOf(await importText(bytes, line(1)))).toEqual({ 'not-json': 1 });
  });

  test('drops fields that are not of an event and keeps the event', async () => {
    const extended = JSON.stringify({ extra: [1], ...JSON.parse(line(0)) });
    const { dir } = await importText(extended);
    expect(await readFile(join(dir, 'events.jsonl'), 'utf8')).toBe(textOf([line(0)]));
  });

  test('without a single right event is an error of the user', async () => {
    await expect(importText()).rejects.toMatchObject({ code: 'CORPUS_INPUT_EMPTY', exitCode: 2 });
    await expect(importText('\noops\n')).rejects.toThrow(
      'none of 1 lines is an event, for example line 2: not-json: not JSON',
    );
  });
});

describe('compressed input', () => {
  const read = async (...texts: readonly (string | Uint8Array)[]): Promise<string> => {
    const parts: Uint8Array[] = [];
    for await (const part of decompressed(pieces(...texts), 'the input')) parts.push(part);
    return Buffer.concat(parts).toString();
  };

  test('is found out by its first bytes', async () => {
    const bytes = gzipSync('hello\n');
    expect(await read(bytes.subarray(0, 7), bytes.subarray(7))).toBe('hello\n');
  });

  test('may have several members', async () => {
    expect(await read(Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]))).toBe('a\nb\n');
  });

  test('is not taken for compressed where it is text', async () => {
    expect(await read('he', 'llo')).toBe('hello');
    expect(await read()).toBe('');
  });

  test.each([
    ['cut', gzipSync('x'.repeat(10_000)).subarray(0, 30)],
    ['damaged', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])],
  ])('that is %s is an error of the user', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'CORPUS_INPUT_UNREADABLE', exitCode: 2 });
  });
});

describe('a corpus that is there', () => {
  test('gives its events and their text in order, as often as asked', async () => {
    const { dir } = await importText(textOf(lines));
    const corpus = await openCorpus(dir);
    for (let round = 0; round < 2; round++) {
      const jsons: string[] = [];
      for await (const { event, json } of corpus.events()) {
        expect(JSON.parse(json)).toEqual(event);
        jsons.push(json);
      }
      expect(jsons).toEqual(lines);
    }
  });

  test('verifies', async () => {
    const { dir } = await importText(textOf(lines.slice(0, 20)));
    expect(await verifyCorpus(dir, { workers: 1 })).toEqual([]);
  });

  test('tells what was changed since', async () => {
    const { dir } = await importText(textOf(lines.slice(0, 20)));
    const path = join(dir, 'events.jsonl');
    const text = await readFile(path, 'utf8');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(path, text.replace('"created_at":177', '"created_at":178'));
    expect(await verifyCorpus(dir, { workers: 1 })).toEqual(
      expect.arrayContaining([
        '1 lines are refused: wrong-id',
        expect.stringMatching(/^line 1: wrong-id/),
        'events is not what the manifest says',
        'fingerprint is not what the manifest says',
      ]),
    );
  });
});

describe('nesting', () => {
  test.each([
    ['[[1]]', 2, false],
    ['[[[1]]]', 2, true],
    ['{"a":[{}]}', 2, true],
    ['["[[[[", "\\"[[["]', 1, false],
    ['[],[],[],[]', 1, false],
    ['[[[[[[', 3, true],
    [']]]][[[[', 1, false],
  ])('of %s is deeper than %i: %s', (json, limit, deeper) => {
    expect(isNestedDeeper(Buffer.from(json), limit)).toBe(deeper);
  });
});
