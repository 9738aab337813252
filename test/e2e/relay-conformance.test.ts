import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchRelayInformation } from '../../src/nostr/nip11-fetch.ts';
import { runStatement } from '../conformance/statement.ts';
import { statements } from '../conformance/statements.ts';
import { type BuiltRelay, startBuiltRelay } from '../support/built-relay.ts';

/** A relay to check instead of the reference relay, set by `npm run conformance -- --relay URL`. */
const foreignUrl = process.env['RELAY_BENCH_CONFORMANCE_URL'];

describe(`conformance of ${foreignUrl ?? 'the reference relay'}`, () => {
  let relay: BuiltRelay | null = null;
  let url = foreignUrl ?? '';
  let nips: readonly number[] = [];

  beforeAll(async () => {
    if (foreignUrl === undefined) {
      relay = await startBuiltRelay();
      url = relay.url;
    }
    nips = (await fetchRelayInformation(url)).information?.supported_nips ?? [];
  });

  afterAll(async () => {
    await relay?.stop();
  });

  for (const statement of statements) {
    it(`${statement.id}: ${statement.statement}`, async (context) => {
      // Only a foreign relay may leave a NIP out; the reference relay advertises all that are checked.
      if (foreignUrl !== undefined && statement.nip !== undefined && !nips.includes(statement.nip)) {
        context.skip(`the relay does not advertise NIP-${statement.nip}`);
      }
      await runStatement(statement, url);
    });
  }

  it('has a name of its own for every statement', () => {
    expect(new Set(statements.map(({ id }) => id)).size).toBe(statements.length);
  });
});
