import { describe, expect, it } from 'vitest';
import type { Section } from '../../../../src/report/view/document.ts';
import { errorsSection, noticesSection } from '../../../../src/report/view/errors.ts';
import { noCounters, sampleRecord } from '../../../support/sample-record.ts';

const base = sampleRecord('pass');

function textsOf({ content }: Section): string[] {
  return content.kind === 'list'
    ? content.items.map(({ text }) => text)
    : content.rows.map((row) => row.map(({ text }) => text).join(' | '));
}

describe('errorsSection', () => {
  it('says plainly that there were none', () => {
    expect(textsOf(errorsSection({ ...base, counters: noCounters() }))).toEqual(['no errors']);
  });

  it('lists reasons, the most frequent first, and leaves zeros out', () => {
    const counters = {
      ...noCounters(),
      events_rejected: { pow: 0, blocked: 1, 'rate-limited': 5 },
      events_timeout: 2,
    };
    expect(textsOf(errorsSection({ ...base, counters }))).toEqual([
      'events_rejected | rate-limited | 5',
      'events_rejected | blocked | 1',
      'events_timeout | events without an OK before their deadline | 2',
    ]);
  });

  it('does not list what is no error', () => {
    const counters = {
      ...noCounters(),
      events_sent: 5,
      events_accepted: 4,
      events_duplicate: 1,
      bytes_sent: 9,
    };
    expect(textsOf(errorsSection({ ...base, counters }))).toEqual(['no errors']);
  });

  it('bounds the number of reasons and says so', () => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`reason-${at}`, 1]));
    const texts = textsOf(errorsSection({ ...base, counters: { ...noCounters(), close_codes: many } }));
    expect(texts).toHaveLength(11);
    expect(texts.at(-1)).toBe('close_codes | and 15 more reasons | ');
  });
});

describe('noticesSection', () => {
  it('is absent without notices', () => {
    expect(noticesSection({ ...base, noticeSamples: [] })).toBeNull();
  });

  it('shows a bounded sample', () => {
    const section = noticesSection({ ...base, noticeSamples: Array.from({ length: 30 }, () => 'slow down') });
    expect(section === null ? [] : textsOf(section)).toHaveLength(10);
  });
});
