import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kindsThat, REASONS, type ReasonKind } from '../../../src/judge/blame.ts';

const kinds = Object.keys(REASONS) as ReasonKind[];

describe('the table of reasons for a verdict', () => {
  it('fails a run for the doing of the target alone', () => {
    for (const kind of kindsThat('fails', 'explains')) expect(REASONS[kind].owner).toBe('target');
  });

  it('makes a run invalid for the doing of the generator or its machine alone', () => {
    for (const kind of kindsThat('invalidates', 'leaves-open', 'casts-doubt'))
      expect(REASONS[kind].owner).not.toBe('target');
  });

  it('gives every reason one of the consequences', () => {
    expect(kindsThat('fails', 'explains', 'invalidates', 'leaves-open', 'casts-doubt')).toEqual(kinds);
  });

  it.each(kinds)('stands in docs/measurement.md: %s', (kind) => {
    const { owner, consequence, what } = REASONS[kind];
    const docs = readFileSync(new URL('../../../docs/measurement.md', import.meta.url), 'utf8');
    expect(docs).toContain(`| \`${kind}\` | ${owner} | ${consequence} | ${what} |`);
  });
});
