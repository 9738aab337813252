import { describe, it } from 'vitest';
import type { Format } from '../../src/report/format.ts';
import { FORMATS } from '../../src/report/formats.ts';
import { expectGolden } from '../support/golden.ts';
import { SAMPLE_NAMES, sampleRecord } from '../support/sample-record.ts';

const options = { color: false, columns: 80, files: ['reports/2026-11-24T07-04-12Z-quick/run.json'] };

/** Long series of numbers, of which one sample is enough. */
const BULKY = ['hgrm', 'hlog'];

/** As in an output directory; Markdown ends in `.txt`, because the formatter must leave it alone. */
function goldenName({ name, fileName }: Format): string {
  return fileName === null || fileName.endsWith('.md') ? `${fileName ?? name}.txt` : fileName;
}

describe.each(SAMPLE_NAMES)('the report of the %s run', (name) => {
  const record = sampleRecord(name);

  it.each(FORMATS.filter((format) => name === 'pass' || !BULKY.includes(format.name)))(
    'as $name stays as it is',
    (format) => {
      expectGolden(`${name}/${goldenName(format)}`, format.render(record, options));
    },
  );
});

describe('the terminal report at full width', () => {
  it('stays as it is', () => {
    const [terminal] = FORMATS;
    const text = terminal?.render(sampleRecord('fail'), { ...options, columns: 200 }) ?? '';
    expectGolden('fail/terminal-wide.txt', text);
  });
});
