import { describe, expect, it, onTestFinished } from 'vitest';
import { openReadConnection } from '../../../src/audit/read-connection.ts';
import type { AuthScript } from '../../support/scripted-relay/script.ts';
import { ScriptedRelay } from '../../support/scripted-relay/server.ts';

async function connected(auth: AuthScript, authUrl?: string) {
  const relay = await ScriptedRelay.start({ auth, queries: { stored: 3 } });
  onTestFinished(() => relay.stop());
  const options = { url: relay.url, timeoutMs: 5_000, insecure: false, authUrl };
  const connection = await openReadConnection(options);
  onTestFinished(() => connection.close());
  return { connection, relay };
}

describe('reading back from a relay that demands AUTH', () => {
  for (const challenge of ['on-connect', 'before-refusal', 'behind-refusal'] as const) {
    it(`authenticates once where the challenge comes ${challenge}`, async () => {
      const { connection, relay } = await connected({ challenge });
      expect(await connection.query({ kinds: [1] })).toHaveLength(3);
      expect(await connection.query({ kinds: [1] })).toHaveLength(3);
      expect(relay.stats()).toMatchObject({ auths: 1, authRelays: [`${relay.url}/`] });
    });
  }

  it('authenticates to the address that it is given', async () => {
    const { connection, relay } = await connected({ challenge: 'on-connect' }, 'wss://relay.example/x');
    await connection.query({ kinds: [1] });
    expect(relay.stats().authRelays).toEqual(['wss://relay.example/x']);
  });

  it('says what the relay said where it does not take the AUTH', async () => {
    const { connection } = await connected({ challenge: 'on-connect', reject: 'restricted: not you' });
    await expect(connection.query({ kinds: [1] })).rejects.toThrow('auth-required: who are you?');
  });

  it('says what the relay said where no challenge ever comes', async () => {
    const { connection } = await connected({ challenge: 'never' });
    await expect(connection.query({ kinds: [1] })).rejects.toThrow('auth-required: who are you?');
  });
});
