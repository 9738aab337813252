import { describe, expect, it } from 'vitest';
import { adviceText, describeRefusals, Refusals } from '../../../src/workload/refusals.ts';

function listOf(...texts: readonly string[]) {
  const refusals = new Refusals();
  for (const text of texts) refusals.add(text);
  return refusals.list();
}

describe('refusals', () => {
  it('are one sort where they differ in numbers and ids alone', () => {
    const list = listOf('pow: 3 is less than 20', 'blocked: no', 'pow: 11 is less than 20');
    expect(list).toEqual([
      { text: 'pow: 3 is less than 20', count: 2 },
      { text: 'blocked: no', count: 1 },
    ]);
  });

  it('are kept in bounded memory whatever a relay writes', () => {
    const words = Array.from(
      { length: 500 },
      (_, n) => `${'abcdefghij'.repeat(90)}${String.fromCodePoint(0x4e00 + n)}`,
    );
    const list = listOf(...words, ...words.map((word) => word.slice(-1)));
    expect(list.length).toBeLessThanOrEqual(51);
    expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
    expect(Math.max(...list.map(({ text }) => text.length))).toBeLessThanOrEqual(200);
  });

  it('name the most frequent answer first, the field behind it and what to do', () => {
    const text = describeRefusals(listOf('pow: 28 bits wanted', 'blocked: no', 'pow: 28 bits wanted'));
    expect(text).toMatch(
      /^2 times "pow: 28 bits wanted", 1 times "blocked: no" \(NIP-11: min_pow_difficulty\); /,
    );
  });
});

describe('what stands behind a refusal', () => {
  it.each([
    ['pow: difficulty 0 is less than 16', 'min_pow_difficulty'],
    ['auth-required: we only accept events from registered users', 'auth_required'],
    ['rate-limited: slow down there chief', null],
    ['invalid: ephemeral event expired', 'created_at_lower_limit'],
    ['invalid: created_at too early', 'created_at_lower_limit'],
    ['invalid: event creation date is too far off from the current time', 'created_at_lower_limit'],
    ['invalid: event too large: 70000', 'max_message_length'],
    ['invalid: too many tags: 2001', 'max_event_tags'],
    ['restricted: not a member', 'restricted_writes'],
  ])('%s', (text, field) => {
    expect(adviceText(text)).toMatch(field === null ? /^; ./ : new RegExp(`^ \\(NIP-11: ${field}\\); .`));
  });

  it('is not told where its words do not say', () => {
    expect(adviceText('error: could not connect to the database')).toBe('');
  });
});
