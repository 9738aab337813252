import { describe, expect, test } from 'vitest';
import { chooseReports } from '../../../../src/cli/run/reporters.ts';

const choice = (names?: readonly string[]) => {
  const { onStdout, files } = chooseReports(names);
  return { onStdout: onStdout?.name ?? null, files: files.map((format) => format.fileName) };
};

describe('choosing reports', () => {
  test('by default a table is printed, and the files of the contract are written', () => {
    expect(choice()).toEqual({
      onStdout: 'terminal',
      files: ['report.html', 'summary.md', 'junit.xml', 'histograms.hlog'],
    });
  });

  test('json owns stdout; run.json is written by the run itself', () => {
    expect(choice(['json', 'md'])).toEqual({ onStdout: 'json', files: ['summary.md'] });
  });

  test('files alone print nothing', () => {
    expect(choice(['md'])).toEqual({ onStdout: null, files: ['summary.md'] });
  });

  test('two formats on stdout are refused', () => {
    expect(() => choice(['terminal', 'json'])).toThrow(expect.objectContaining({ code: 'FORMAT_CONFLICT' }));
  });
});
