import { describe, it } from 'vitest';
import type { RunRecord } from '../../src/record/schema.ts';
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

/** A page without its style sheet and scripts, which change on their own; with its data. */
function goldenText(format: Format, record: RunRecord): string {
  const text = format.render(record, options);
  if (format.name !== 'html') return text;
  return text
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '<$1>…</$1>')
    .replaceAll(/'sha256-[^']+'/g, "'sha256-…'");
}

describe.each(SAMPLE_NAMES)('the report of the %s run', (name) => {
  const record = sampleRecord(name);

  it.each(FORMATS.run.filter((format) => name === 'pass' || !BULKY.includes(format.name)))(
    'as $name stays as it is',
    (format) => {
      expectGolden(`${name}/${goldenName(format)}`, goldenText(format, record));
    },
  );
});

describe('the terminal report at full width', () => {
  it('stays as it is', () => {
    const [terminal] = FORMATS.run;
    const text = terminal?.render(sampleRecord('fail'), { ...options, columns: 200 }) ?? '';
    expectGolden('fail/terminal-wide.txt', text);
  });
});
