import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { signSchnorr, xOnlyPointFromScalar } from 'tiny-secp256k1';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { MAX_LINE_BYTES } from '../../../../src/corpus/files/line-blocks.ts';
import type { CorpusManifest } from '../../../../src/corpus/files/manifest.ts';
import { openCorpus } from '../../../../src/corpus/files/open-corpus.ts';
import { decompressed } from '../../../../src/corpus/files/open-input.ts';
import { MAX_PROBLEMS } from '../../../../src/corpus/import/check-lines.ts';
import { importCorpus } from '../../../../src/corpus/import/import-corpus.ts';
import { isNestedDeeper } from '../../../../src/corpus/import/nesting.ts';
import { verifyCorpus } from '../../../../src/corpus/import/verify-corpus.ts';
import {
  type NostrEvent,
  serializeEvent,
  serializeVerbatim,
  type UnsignedEvent,
} from '../../../../src/nostr/event.ts';
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
  const manifest = await importCorpus(pieces(...texts), { dir, gzip: false, threads: 1, verifier: 'wasm' });
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

/** The event of a line with another content, rightly signed over the text that `serialize` makes of it. */
function signedWith(content: string, serialize: (event: UnsignedEvent) => string | null): NostrEvent {
  const secret = Buffer.alloc(32, 7);
  const pubkey = Buffer.from(xOnlyPointFromScalar(secret)).toString('hex');
  const event = { pubkey, created_at: 1_700_000_000, kind: 1, tags: [], content };
  const id = createHash('sha256')
    .update(serialize(event) ?? '')
    .digest();
  return { ...event, id: id.toString('hex'), sig: Buffer.from(signSchnorr(id, secret)).toString('hex') };
}

describe('the form of what is imported', () => {
  const four = (): string[] => [0, 1, 2, 3].map(line);
  const events = async (imported: Imported): Promise<string> =>
    readFile(join(imported.dir, 'events.jsonl'), 'utf8');

  test('a byte order mark and lines that end as on Windows cost no event', async () => {
    const imported = await importText(`\ufeff${four().join('\r\n')}\r\n`);
    expect(dropsOf(imported)).toEqual({});
    expect(await events(imported)).toBe(textOf(four()));
    expect(sourceOf(imported).form).toBe('lines');
  });

  test('the mark may come in pieces', async () => {
    const [first, ...rest] = Buffer.from(`\ufeff${textOf(four())}`);
    const imported = await importText(Uint8Array.of(first ?? 0), Uint8Array.from(rest));
    expect(imported.manifest.events).toBe(4);
  });

  test('messages of a WebSocket give their events, other messages are counted', async () => {
    const messages = [`["EVENT",${line(0)}]`, ` ["EVENT", "sub", ${line(1)}]`, '["EOSE","sub"]'];
    const imported = await importText(textOf(messages));
    expect(await events(imported)).toBe(textOf([line(0), line(1)]));
    expect(dropsOf(imported)).toEqual({ 'not-an-event': 1 });
    expect(sourceOf(imported).form).toBe('messages');
    const mixed = await importText(textOf([...messages, line(2)]));
    expect(sourceOf(mixed).form).toBe('mixed');
  });

  test.each([
    ['on one line', (all: string[]) => `[${all.join(',')}]`],
    [
      'over many lines',
      (all: string[]) =>
        JSON.stringify(
          all.map((one) => JSON.parse(one)),
          null,
          2,
        ),
    ],
    ['with a mark and Windows lines', (all: string[]) => `\ufeff\r\n[\r\n${all.join(',\r\n')}\r\n]\r\n`],
    ['of messages', (all: string[]) => `[${all.map((one) => `["EVENT","s",${one}]`).join(',')}]`],
  ])('one JSON array %s, in pieces of any length', async (_, write) => {
    const bytes = Buffer.from(write(four()));
    for (const size of [bytes.length, 7_777, 1_000]) {
      const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_unused, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      );
      const imported = await importText(...cut);
      expect(await events(imported)).toBe(textOf(four()));
      expect(sourceOf(imported)).toMatchObject({ form: 'array', lines: 4, problems: [] });
    }
  });

  test('an array that was cut off costs the element that was cut', async () => {
    const imported = await importText(`[${line(0)},${line(1).slice(0, 50)}`);
    expect(dropsOf(imported)).toEqual({ 'not-json': 1 });
    expect(imported.manifest.events).toBe(1);
  });

  test.each([
    ['COPY doubles backslashes', (text: string) => text.replaceAll('\\', '\\\\'), /backslashes/],
    ['CSV doubles quotes', (text: string) => `"${text.replaceAll('"', '""')}"`, /quotes/],
  ])('%s: the lines are known by that, and the hint tells of a right export', async (_, spoil, detail) => {
    const event = JSON.stringify(signedWith('"two"\nlines', serializeEvent));
    const imported = await importText(textOf([spoil(event), line(0)]));
    expect(sourceOf(imported).problems).toEqual([
      { line: 1, reason: 'escaped-again', detail: expect.stringMatching(detail) },
    ]);
    await expect(importText(textOf([spoil(event)]))).rejects.toMatchObject({
      code: 'CORPUS_INPUT_EMPTY',
      hint: expect.stringContaining('psql -At'),
    });
  });

  test('ids over escaped and over verbatim control characters are both right, the latter counted', async () => {
    const common = signedWith('a\u0001b', serializeEvent);
    const verbatim = signedWith('a\u0002b', serializeVerbatim);
    const imported = await importText(textOf([common, verbatim].map((event) => JSON.stringify(event))));
    expect(dropsOf(imported)).toEqual({});
    expect(sourceOf(imported).verbatimIds).toBe(1);
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
    expect(await verifyCorpus(dir, { threads: 1, verifier: 'wasm' })).toEqual([]);
  });

  test('tells what was changed since', async () => {
    const { dir } = await importText(textOf(lines.slice(0, 20)));
    const path = join(dir, 'events.jsonl');
    const text = await readFile(path, 'utf8');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(path, text.replace('"created_at":177', '"created_at":178'));
    expect(await verifyCorpus(dir, { threads: 1, verifier: 'wasm' })).toEqual(
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
