import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import { describe, expect, it, vi } from 'vitest';
import { eventId, type NostrEvent } from '../../../src/nostr/event.ts';
import { checkProofs } from '../../../src/nostr/proofs.ts';
import { verifiesSchnorr } from '../../../src/nostr/schnorr.ts';

const WASM = { verifies: verifiesSchnorr };

function signed(content = 'hello'): NostrEvent {
  const { id, pubkey, created_at, kind, tags, sig } = finalizeEvent(
    { kind: 1, created_at: 1_700_000_000, tags: [['t', 'x']], content },
    generateSecretKey(),
  );
  return { id, pubkey, created_at, kind, tags, content, sig };
}

describe('id and signature of an event', () => {
  it('are right as nostr-tools signs them', () => {
    expect(checkProofs(signed(), WASM)).toBe('valid');
  });

  it('are wrong where the content was changed', () => {
    expect(checkProofs({ ...signed(), content: 'other' }, WASM)).toBe('wrong-id');
  });

  it('are wrong where the signature belongs to another event', () => {
    expect(checkProofs({ ...signed(), sig: signed('other').sig }, WASM)).toBe('wrong-signature');
  });

  it('are wrong, and no exception, where the public key is no point of the curve', () => {
    const event = { ...signed(), pubkey: 'f'.repeat(64) };
    expect(checkProofs({ ...event, id: eventId(event) }, WASM)).toBe('wrong-signature');
  });
});

describe('the second opinion', () => {
  const forged = (): NostrEvent => ({ ...signed(), content: 'other' });

  it('is not asked of a right event', () => {
    const ask = vi.fn(() => false);
    expect(checkProofs(signed(), { ...WASM, secondOpinion: ask })).toBe('valid');
    expect(ask).not.toHaveBeenCalled();
  });

  it('is asked before an event is called invalid, with the event as it came', () => {
    const ask = vi.fn(() => false);
    const event = forged();
    expect(checkProofs(event, { ...WASM, secondOpinion: ask })).toBe('wrong-id');
    expect(ask.mock.calls).toEqual([[event]]);
  });

  it('is believed where it says that an event is right', () => {
    expect(checkProofs(forged(), { ...WASM, secondOpinion: () => true })).toBe('valid');
  });

  it('leaves nothing on the event', () => {
    const event = forged();
    const before = Reflect.ownKeys(event);
    checkProofs(event, WASM);
    expect(Reflect.ownKeys(event)).toEqual(before);
  });
});
