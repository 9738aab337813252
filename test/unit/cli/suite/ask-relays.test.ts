import { describe, expect, test } from 'vitest';
import type { LoadTarget } from '../../../../src/cli/load-session.ts';
import { askRelays, relayOf } from '../../../../src/cli/suite/ask-relays.ts';
import { fieldOf, suiteFlag } from '../../../../src/cli/suite/contestant.ts';
import { tempDir } from '../../../support/temp-dir.ts';

describe('the relays of a suite', () => {
  test('stand in its document without secrets', async () => {
    const { contestants } = await fieldOf([
      suiteFlag('a=ws://user:secret@127.0.0.1:7777/?token=secret'),
      suiteFlag('b=relay {port} --password secret'),
    ]);
    const relays = contestants.map(relayOf);
    expect(relays.map(({ name, kind }) => [name, kind])).toEqual([
      ['a', 'url'],
      ['b', 'command'],
      ['reference', 'embedded'],
    ]);
    expect(JSON.stringify(relays)).not.toContain('secret');
    expect(relays[0]?.url).toContain('127.0.0.1:7777');
  });

  test('end the suite where one of them can not be asked', async () => {
    const { contestants } = await fieldOf([suiteFlag('mine=ws://127.0.0.1:1')]);
    const loadTarget = (async (
      _: unknown,
      use: (target: unknown, information: unknown) => Promise<unknown>,
    ) =>
      use(
        { relays: [{ url: 'ws://127.0.0.1:1/' }] },
        { information: null, reason: 'none' },
      )) as unknown as LoadTarget;
    const interruption = {
      signal: new AbortController().signal,
      received: () => null,
      dispose: () => undefined,
    };
    const asked = askRelays(contestants, {
      session: { interruption, loadTarget },
      directory: await tempDir(),
      insecure: false,
      say: () => undefined,
    });
    await expect(asked).rejects.toMatchObject({ code: 'PROBE_FAILED', exitCode: 3 });
  });
});
