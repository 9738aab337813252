import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { fetchRelayInformation } from '../../src/nostr/nip11-fetch.ts';
import { NotApplicable, runStatement, type Statement } from '../conformance/statement.ts';
import { statements } from '../conformance/statements.ts';
import { workStatements } from '../conformance/work-statements.ts';
import { type BuiltRelay, startBuiltRelay } from '../support/built-relay.ts';

/** A relay to check instead of the reference relay, set by `npm run conformance -- --relay URL`. */
const foreignUrl = process.env['RELAY_BENCH_CONFORMANCE_URL'];

/**
 * Runs a statement. Only a foreign relay may leave a NIP or a limit out, and its statements are then reported as
 * skipped, with the reason; to the reference relay all must apply.
 */
async function check(statement: Statement, url: string, nips: readonly number[], context: TestContext) {
  const missing = [statement.nip ?? []].flat().filter((nip) => !nips.includes(nip));
  if (foreignUrl !== undefined && missing.length > 0) {
    context.skip(`the relay does not advertise NIP-${missing.join(', NIP-')}`);
  }
  try {
    await runStatement(statement, url);
  } catch (error) {
    if (foreignUrl !== undefined && error instanceof NotApplicable) context.skip(error.message);
    throw error;
  }
}

function describeStatements(title: string, checked: readonly Statement[], args: readonly string[]): void {
  describe(title, () => {
    let relay: BuiltRelay | null = null;
    let url = foreignUrl ?? '';
    let nips: readonly number[] = [];

    beforeAll(async () => {
      if (foreignUrl === undefined) {
        relay = await startBuiltRelay(args);
        url = relay.url;
      }
      nips = (await fetchRelayInformation(url)).information?.supported_nips ?? [];
    });

    afterAll(async () => {
      await relay?.stop();
    });

    for (const statement of checked) {
      const { id, level } = statement;
      it(`${id} (${level}): ${statement.statement}`, (context) => check(statement, url, nips, context));
    }

    it('advertises every NIP that is checked', (context) => {
      if (foreignUrl !== undefined) context.skip('a foreign relay may leave NIPs out');
      const wanted = checked.flatMap(({ nip }) => nip ?? []);
      expect(wanted.filter((nip) => !nips.includes(nip))).toEqual([]);
    });
  });
}

describeStatements(`conformance of ${foreignUrl ?? 'the reference relay'}`, statements, []);
describeStatements(`proof of work of ${foreignUrl ?? 'the reference relay'}`, workStatements, [
  '--min-pow-difficulty',
  '6',
]);

describe('the statements', () => {
  it('have names of their own', () => {
    const ids = [...statements, ...workStatements].map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });
});
