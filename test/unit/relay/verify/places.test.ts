import { describe, expect, it } from 'vitest';
import { placesOf } from '../../../../src/relay/verify/places.ts';
import { someEvent } from '../../../support/stored-event.ts';

describe('the places of an event that waits', () => {
  it('are one for a note', () => {
    expect(placesOf(someEvent({ content: 'hello' }))).toBe(1);
  });

  it('are more for a long text, and for many short tags', () => {
    const long = placesOf(someEvent({ content: 'x'.repeat(40_960) }));
    const tags = placesOf(someEvent({ tags: Array.from({ length: 4_000 }, (_, i) => ['t', `${i}`]) }));
    expect([long, tags]).toEqual([11, 54]);
  });
});
