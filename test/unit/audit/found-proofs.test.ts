import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import { describe, expect, it } from 'vitest';
import { FoundProofs, provenBy } from '../../../src/audit/found-proofs.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import { verifiesSchnorr } from '../../../src/nostr/schnorr.ts';

const secret = generateSecretKey();

function signed(content: string): NostrEvent {
  const { id, pubkey, created_at, kind, tags, sig } = finalizeEvent(
    { kind: 1, created_at: 1_700_000_000, tags: [], content },
    secret,
  );
  return { id, pubkey, created_at, kind, tags, content, sig };
}

const right = signed('right');
const forgeries: readonly (readonly [string, NostrEvent])[] = [
  ['other content', { ...right, content: 'other' }],
  ['the signature of another event', { ...right, sig: signed('other').sig }],
];

describe('the proofs of events that come back', () => {
  it('are counted where they are right', () => {
    const proofs = new FoundProofs(provenBy(verifiesSchnorr));
    const forged = new Set<string>();
    proofs.look(right, forged);
    expect(proofs.tally).toEqual({ checked: 1, wrong: 0 });
    expect(forged.size).toBe(0);
  });

  it.each(forgeries)('are wrong with %s, until the event comes as it should', (_name, forgery) => {
    const proofs = new FoundProofs(provenBy(verifiesSchnorr));
    const forged = new Set<string>();
    proofs.look(forgery, forged);
    expect([...forged]).toEqual([right.id]);
    proofs.look(forgery, forged);
    expect([...forged]).toEqual([right.id]);
    proofs.look(right, forged);
    expect(forged.size).toBe(0);
    expect(proofs.tally).toEqual({ checked: 1, wrong: 1 });
  });

  it('of many are looked at less and less often, to the end', () => {
    let asked = 0;
    const proofs = new FoundProofs(() => {
      asked++;
      return true;
    });
    const forged = new Set<string>();
    for (let at = 0; at < 15_000; at++) proofs.look(right, forged);
    expect(asked).toBe(10_000);
    for (let at = 0; at < 8; at++) proofs.look(right, forged);
    expect(asked).toBe(10_002);
    expect(proofs.tally.checked).toBe(asked);
  });
});
