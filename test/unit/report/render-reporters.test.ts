import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS, formatNamed } from '../../../src/report/formats.ts';
import { fileReporter, stdoutReporter } from '../../../src/report/render-reporters.ts';
import { sampleRecord } from '../../support/sample-record.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-report-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const options = { color: false, columns: 80, files: [] };

describe('stdoutReporter', () => {
  it('prints exactly the rendered record', async () => {
    const written: string[] = [];
    const reporter = stdoutReporter(formatNamed(FORMATS.run, 'json'), (text) => written.push(text), options);
    await reporter.onRecord?.(sampleRecord('pass'));
    expect(reporter.printsToStdout).toBe(true);
    expect(JSON.parse(written.join(''))).toEqual(sampleRecord('pass'));
  });
});

describe('fileReporter', () => {
  it('writes its file, and the directory where missing', async () => {
    const reporter = fileReporter(formatNamed(FORMATS.run, 'md'), join(directory, 'new', 'summary.md'));
    await reporter.onRecord?.(sampleRecord('pass'));
    expect(await readFile(join(directory, 'new', 'summary.md'), 'utf8')).toContain('## ✅ PASS: quick');
  });
});

describe('formatNamed', () => {
  it('names the formats that exist when asked for another', () => {
    expect(() => formatNamed(FORMATS.run, 'pdf')).toThrow('there is no format "pdf"');
  });
});
