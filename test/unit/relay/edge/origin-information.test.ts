import { describe, expect, it } from 'vitest';
import type { RelayInformationResult } from '../../../../src/nostr/nip11-fetch.ts';
import { informationReader } from '../../../../src/relay/edge/origin-information.ts';

const DOCUMENT: RelayInformationResult = {
  information: { limitation: { max_limit: 250 }, supported_nips: [1, 77] },
  reason: null,
};
const ABSENT: RelayInformationResult = { information: null, reason: 'HTTP status 404', isAbsent: true };
const FAILED: RelayInformationResult = { information: null, reason: 'no document within 5000 ms' };

/** Reads as often as there are answers. */
async function readAll(...answers: RelayInformationResult[]) {
  const read = informationReader(async () => answers.shift() ?? FAILED);
  const found = [];
  for (let left = answers.length; left > 0; left--) found.push(await read());
  return found;
}

describe('what an origin says of itself', () => {
  it('is in its document', async () => {
    expect(await readAll(DOCUMENT)).toEqual([{ maxLimit: 250, reconciles: true }]);
  });

  it('is assumed where it answers that it has none, or says nothing of it', async () => {
    const nothing: RelayInformationResult = { information: { name: 'x' }, reason: null };
    const useless: RelayInformationResult = { information: { limitation: { max_limit: 0 } }, reason: null };
    const assumed = { maxLimit: 100, reconciles: false };
    expect(await readAll(ABSENT, nothing, useless)).toEqual([assumed, assumed, assumed]);
  });

  it('is what it said last where it does not answer', async () => {
    const [, second] = await readAll(DOCUMENT, FAILED);
    expect(second).toEqual({ maxLimit: 250, reconciles: true });
  });

  it('is forgotten where it says that it has none any more', async () => {
    const [, , third] = await readAll(DOCUMENT, ABSENT, FAILED);
    expect(third).toEqual({ maxLimit: 100, reconciles: false });
  });

  it('is not made up where it has never answered', async () => {
    await expect(readAll(FAILED)).rejects.toThrow('cannot be read: no document within 5000 ms');
  });
});
