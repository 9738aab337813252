import { describe, expect, it } from 'vitest';
import { markdownFormat } from '../../../src/report/markdown.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const options = { color: false, columns: 80, files: [] };

describe('markdownFormat', () => {
  it('stays below 256 KiB and says what was left out', () => {
    const base = sampleRecord('pass');
    const notMeasured = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, at) => [`m${at}`, 'x'.repeat(400)]),
    );
    const text = markdownFormat.render({ ...base, notMeasured }, options);
    expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
    expect(text).toContain('_Left out for size, see run.json: Not measured_');
    expect(text).toContain('### Gates');
  });

  it('lets no relay text become markup', () => {
    const text = markdownFormat.render(sampleRecord('hostile'), options);
    const withoutCode = text.replace(/(`+)[^`](?:.*?[^`])?\1(?!`)/g, '');
    expect(withoutCode).not.toMatch(/<(?!\/?(?:details|summary)>)/);
    expect(withoutCode).not.toContain('@');
    expect(withoutCode).not.toMatch(/(?<!\\)\]\(/);
  });
});
