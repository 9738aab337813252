import { describe, expect, it } from 'vitest';
import { ClientSigner } from '../../../src/corpus/client-signer.ts';
import { checkEventShape } from '../../../src/nostr/event.ts';
import { authProblem, unsignedAuth } from '../../../src/nostr/nip42.ts';
import { checkProofs } from '../../../src/nostr/proofs.ts';
import { verifiesSchnorr } from '../../../src/nostr/schnorr.ts';

const auth = unsignedAuth('a "challenge"\n', 'ws://relay.example/', 1_700_000_000);

function signed(client: number, seed = 1) {
  const { event } = checkEventShape(JSON.parse(new ClientSigner(seed).sign(client, auth).json));
  if (event === undefined) throw new Error('no event');
  return event;
}

describe('the signer of clients', () => {
  it('makes authentications that hold by NIP-42 and BIP-340', () => {
    const event = signed(3);
    expect(checkProofs(event, { verifies: verifiesSchnorr })).toBe('valid');
    const expectation = {
      challenge: 'a "challenge"\n',
      hosts: new Set(['relay.example']),
      now: 1_700_000_000,
    };
    expect(authProblem(event, expectation)).toBeNull();
  });

  it('gives every client a key of its own, also beyond the keys that are made at a time', () => {
    const signer = new ClientSigner(1);
    const keys = Array.from(
      { length: 200 },
      (_, client) => JSON.parse(signer.sign(client, auth).json).pubkey,
    );
    expect(new Set(keys).size).toBe(200);
  });

  it('gives a client the same key for the same seed, and another for another', () => {
    expect(signed(70).pubkey).toBe(signed(70).pubkey);
    expect(signed(70).pubkey).not.toBe(signed(70, 2).pubkey);
  });
});
