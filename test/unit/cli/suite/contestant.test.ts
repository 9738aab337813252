import { describe, expect, test } from 'vitest';
import { fieldOf, suiteFlag } from '../../../../src/cli/suite/contestant.ts';

const refused = async (...texts: string[]): Promise<unknown> => {
  try {
    return await fieldOf(texts.map(suiteFlag));
  } catch (error) {
    return error;
  }
};

describe('the relays of a suite', () => {
  test('always have the reference among them', async () => {
    const field = await fieldOf([suiteFlag('mine=ws://127.0.0.1:7777')]);
    expect(field.reference).toBe('reference');
    expect(field.contestants.map(({ name, place }) => [name, place.kind])).toEqual([
      ['mine', 'url'],
      ['reference', 'embedded'],
    ]);
  });

  test('are the reference alone where none is named', async () => {
    const { contestants } = await fieldOf([]);
    expect(contestants).toMatchObject([{ name: 'reference', contender: null, canRestart: false }]);
  });

  test('may name the reference', async () => {
    const field = await fieldOf([suiteFlag('npm=relay {port}'), suiteFlag('ours=embedded')]);
    expect(field.reference).toBe('ours');
    expect(field.contestants).toHaveLength(2);
  });

  test('can be started again with their data where a command with {dir} starts them', async () => {
    const { contestants } = await fieldOf([suiteFlag('a=relay {port}'), suiteFlag('b=relay {port} {dir}')]);
    expect(contestants.map(({ canRestart }) => canRestart)).toEqual([false, true, false]);
  });

  test.each([
    ['names twice', ['a=ws://127.0.0.1:1', 'a=ws://127.0.0.1:2'], /same name/],
    ['the name of the reference', ['reference=ws://127.0.0.1:1'], /same name/],
    ['the reference twice', ['a=embedded', 'b=embedded'], /written twice/],
    ['no name', ['=embedded'], /has no name/],
    ['a name that is no name of a file', ['a/b=embedded'], /has no name/],
    ['neither an address nor a command', ['a=relay'], /neither a relay address nor a command/],
  ])('refuse %s', async (_, texts, message) => {
    expect(await refused(...texts)).toMatchObject({
      code: 'CONTENDER_INVALID',
      message: expect.stringMatching(message),
    });
  });
});
