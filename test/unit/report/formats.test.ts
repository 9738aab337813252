import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FORMATS, formatFiles, formatNames } from '../../../src/report/formats.ts';

const PAGE = readFileSync(new URL('../../../docs/reports.md', import.meta.url), 'utf8');

describe('the registry of formats', () => {
  it('is what docs/reports.md lists for a run, with the same files', () => {
    const rows = [...PAGE.matchAll(/^\| `(\w+)` \| (?:`([\w.]+)`|printed) \|/gm)];
    expect(rows.map(([, name, file = null]) => ({ name, file }))).toEqual(
      FORMATS.run.map(({ name, fileName }) => ({ name, file: fileName })),
    );
  });

  it('says which of them run makes by itself, and so does the page', () => {
    const defaults = FORMATS.run.filter(({ isDefault }) => isDefault).map(({ name }) => `\`${name}\``);
    const last = defaults.pop();
    expect(PAGE).toContain(`\`run\` makes ${defaults.join(', ')} and ${last} unless`);
  });

  it.each(Object.entries(FORMATS))('has the terminal first for %s, and no name twice', (_what, formats) => {
    const names = formatNames(formats);
    expect(names[0]).toBe('terminal');
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives no two formats the same file', () => {
    expect(new Set(formatFiles()).size).toBe(formatFiles().length);
  });
});
