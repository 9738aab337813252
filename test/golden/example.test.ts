import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readRunRecord } from '../../src/record/read.ts';
import { SCHEMA_VERSION } from '../../src/record/schema.ts';
import { FORMATS } from '../../src/report/formats.ts';

const path = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

// `node scripts/example-report.mjs` makes it anew; with --render only its reports.
describe('reports/example', () => {
  it('is a passed run in the format of today', async () => {
    const record = await readRunRecord(path('reports/example/run.json'));
    expect(record).toMatchObject({ schemaVersion: SCHEMA_VERSION, verdict: 'pass' });
    expect(record.environment.others).toBeDefined();
  });

  it.each(['report.html', 'summary.md', 'junit.xml', 'histograms.hlog'])(
    'has %s as it is rendered today',
    async (file) => {
      const record = await readRunRecord(path('reports/example/run.json'));
      const format = FORMATS.run.find(({ fileName }) => fileName === file);
      const text = format?.render(record, { color: false, columns: 100, files: [] });
      expect(text === readFileSync(path(`reports/example/${file}`), 'utf8'), 'render it again').toBe(true);
    },
  );
});

describe('a record of version 0.1.0', () => {
  it('is still read, and rendered in every format', async () => {
    const record = await readRunRecord(path('test/fixtures/run-0.1.0.json'));
    expect(record.schemaVersion).not.toBe(SCHEMA_VERSION);
    for (const format of FORMATS.run)
      expect(format.render(record, { color: false, columns: 80, files: [] }).length).toBeGreaterThan(100);
  });
});
