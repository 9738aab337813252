import { expect, it, onTestFinished } from 'vitest';
import { askTakenAge } from '../../../src/engine/ask-taken-age.ts';
import { ScriptedRelay } from '../../support/scripted-relay/server.ts';

it('authenticates where the relay demands it before it takes a note', async () => {
  const relay = await ScriptedRelay.start({ auth: { challenge: 'on-connect' } });
  onTestFinished(() => relay.stop());
  const { signal } = new AbortController();
  const question = {
    url: relay.url,
    insecure: false,
    timeoutMs: 5_000,
    ages_s: [1_000, 100],
    work: 0,
    seed: 1,
    runTag: '0123abcd',
    signal,
  };
  expect(await askTakenAge(question)).toBe(1_000);
  expect(relay.stats().auths).toBe(1);
});
