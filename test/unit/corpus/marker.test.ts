import { describe, expect, test } from 'vitest';
import { MarkerReader, markerTag, topicTag } from '../../../src/corpus/marker.ts';

const RUN = '0badcafe';

function message(tags: readonly (readonly string[])[], spaced = false): Buffer {
  const text = JSON.stringify(['EVENT', 'sub', { id: 'ab', tags, content: 'hello' }]);
  return Buffer.from(spaced ? text.replaceAll('","', '", "') : text);
}

const TAGS = [
  ['t', topicTag(RUN, 3)],
  ['rb', markerTag(RUN, 1_234_567_890, 98_765_432_101)],
];

describe('the marker reader', () => {
  test('reads the number and the scheduled time', () => {
    const reader = new MarkerReader(RUN);
    expect(reader.read(message(TAGS))).toBe(true);
    expect(reader).toMatchObject({ n: 1_234_567_890, scheduledOffsetNs: 98_765_432_101 });
  });

  test('finds the marker wherever a message has it', () => {
    const reader = new MarkerReader(RUN);
    expect(reader.read(message(TAGS))).toBe(true);
    expect(reader.read(message([['e', 'f'.repeat(64)], ...TAGS], true))).toBe(true);
    expect(reader.read(message(TAGS))).toBe(true);
    expect(reader.n).toBe(1_234_567_890);
  });

  test.each([
    ['another run', [['rb', markerTag('11111111', 1, 2)]]],
    ['no marker', [['t', topicTag(RUN, 3)]]],
    ['letters for digits', [['rb', `${RUN}-00000000x1-0000000000000002`]]],
    ['too few digits', [['rb', `${RUN}-1-2`]]],
    ['too many digits', [['rb', `${markerTag(RUN, 1, 2)}9`]]],
  ])('refuses an event with %s', (_, tags) => {
    expect(new MarkerReader(RUN).read(message(tags))).toBe(false);
  });

  test('refuses a message that ends inside the marker', () => {
    const whole = message(TAGS);
    const end = whole.indexOf('0000098765432101') + 10;
    expect(new MarkerReader(RUN).read(whole.subarray(0, end))).toBe(false);
  });
});
