import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RelayBenchError } from '../../../src/base/errors.ts';
import { parseRunRecord, readRunRecord } from '../../../src/record/read.ts';
import { defaultOutDir, recordToJson, writeFileAtomic, writeRunRecord } from '../../../src/record/write.ts';
import { SAMPLE_NAMES, sampleRecord } from '../../support/sample-record.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-record-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The error a function throws, which must be one a user can understand. */
async function failure(action: () => unknown): Promise<RelayBenchError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof RelayBenchError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The JSON of the passing sample with some keys replaced. */
function edited(changes: Record<string, unknown>): string {
  return JSON.stringify({ ...sampleRecord('pass'), ...changes });
}

describe('writeRunRecord and readRunRecord', () => {
  it.each(SAMPLE_NAMES)('give back the %s record unchanged', async (name) => {
    const path = join(directory, name, 'run.json');
    await writeRunRecord(path, sampleRecord(name));
    expect(await readRunRecord(path)).toEqual(sampleRecord(name));
  });

  it('leave no temporary file', async () => {
    await writeRunRecord(join(directory, 'clean', 'run.json'), sampleRecord('pass'));
    expect(await readdir(join(directory, 'clean'))).toEqual(['run.json']);
  });

  it('keep a record that could not be read back beside, where nothing takes it for one', async () => {
    const broken = { ...sampleRecord('pass'), durationMs: Number.NaN };
    const error = await failure(() => writeRunRecord(join(directory, 'never.json'), broken));
    expect(error).toMatchObject({ code: 'RECORD_INVALID', exitCode: 1 });
    const names = await readdir(directory);
    expect(names).not.toContain('never.json');
    expect(names).toContain('never.json.broken');
  });
});

describe('recordToJson', () => {
  it('gives the same text again after reading', () => {
    const text = recordToJson(sampleRecord('fail'));
    expect(recordToJson(parseRunRecord(text, 'run.json'))).toBe(text);
  });

  it('holds no character that acts on a terminal or hides, and means the same', () => {
    const text = recordToJson(sampleRecord('hostile'));
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(text)).toEqual(sampleRecord('hostile'));
  });
});

describe('writeFileAtomic', () => {
  it('replaces an existing file', async () => {
    const path = join(directory, 'twice.txt');
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, 'two');
    expect(await readFile(path, 'utf8')).toBe('two');
  });

  it('says which file can not be written and what to do', async () => {
    const file = join(directory, 'a-file');
    await writeFile(file, '');
    const error = await failure(() => writeFileAtomic(join(file, 'run.json'), ''));
    expect(error).toMatchObject({ code: 'FILE_NOT_WRITTEN', exitCode: 2 });
    expect(error.message).toContain(join(file, 'run.json'));
  });
});

describe('defaultOutDir', () => {
  it('is named by time and scenario, without colons', () => {
    expect(defaultOutDir('2026-11-24T07:04:12.345Z', 'quick')).toBe(
      join('reports', '2026-11-24T07-04-12Z-quick'),
    );
  });
});

describe('parseRunRecord', () => {
  it.each([
    ['no JSON', '{', /not JSON/],
    ['no object', '[]', /schemaVersion: missing/],
    ['no version', edited({ schemaVersion: 1 }), /schemaVersion: missing/],
    [
      'a newer major version',
      edited({ schemaVersion: '2.0.0' }),
      /schemaVersion: 2\.0\.0 differs in its major/,
    ],
    ['an unknown key', edited({ surprise: 1 }), /Unrecognized key: "surprise"/],
    [
      'a wrong type deep inside',
      edited({ corpus: { profile: 'x', events: -1, fingerprint: 'y' } }),
      /corpus\.events: /,
    ],
  ])('refuses %s', async (_what, text, message) => {
    const error = await failure(() => parseRunRecord(text, 'some/run.json'));
    expect(error).toMatchObject({ code: 'RUN_FILE_INVALID', exitCode: 2 });
    expect(error.message).toMatch(message);
    expect(error.message).toContain('some/run.json');
  });

  it('lists a bounded number of problems', async () => {
    const error = await failure(() => parseRunRecord('{"schemaVersion":"1.0.0"}', 'run.json'));
    expect(error.message).toMatch(/; and \d+ more$/);
  });

  it('reads a newer minor version and drops what it does not know', () => {
    const known = sampleRecord('pass');
    const text = edited({ schemaVersion: '1.9.0', surprise: 1, corpus: { ...known.corpus, kind: 'new' } });
    expect(parseRunRecord(text, 'run.json')).toEqual({ ...known, schemaVersion: '1.9.0' });
  });

  it('reads what a newer minor version added at every depth, and only that is dropped', () => {
    const known = sampleRecord('pass');
    const { counters, validity, generator, intervals, gates } = known;
    const added = { added_later: { any: ['thing'] } };
    const text = edited({
      ...{ schemaVersion: '1.9.0', ...added, counters: { ...counters, ...added } },
      validity: { ...validity, ...added },
      generator: { ...generator, ceiling: { ...generator.ceiling, ...added } },
      intervals: intervals.map((interval) => ({ ...interval, ...added })),
      gates: gates.map((gate) => ({ ...gate, ...added })),
    });
    expect(parseRunRecord(text, 'run.json')).toEqual({ ...known, schemaVersion: '1.9.0' });
  });

  it('reads a record of version 1.0.0, with nothing counted of what came later', async () => {
    const record = await readRunRecord('test/golden/records/run-1.0.0.json');
    expect(record.schemaVersion).toBe('1.0.0');
    expect(record.counters).toMatchObject({ events_unsent: 0, events_repeated: 0 });
    expect({ failures: record.failures, owners: record.validity.owners }).toEqual({
      failures: [],
      owners: [],
    });
  });

  it('refuses a newer minor version that lacks what must be there', async () => {
    const error = await failure(() =>
      parseRunRecord(edited({ schemaVersion: '1.9.0', seed: 'x' }), 'run.json'),
    );
    expect(error.message).toContain('seed: ');
  });
});

describe('readRunRecord', () => {
  it('says when the file is missing', async () => {
    const error = await failure(() => readRunRecord(join(directory, 'missing.json')));
    expect(error).toMatchObject({ code: 'RUN_FILE_INVALID', exitCode: 2 });
    expect(error.message).toContain('ENOENT');
  });
});
