import { verifyEvent } from 'nostr-tools/pure';
import { describe, expect, it } from 'vitest';
import { FreshSigner } from '../../../../src/corpus/replay/fresh-signer.ts';
import { changed, smallCorpusLines } from '../../../support/small-corpus.ts';

const NOW_S = 1_800_000_000;

describe('an event that is signed when it is sent', () => {
  it('is valid, of now, and says what it said before', () => {
    const signer = new FreshSigner(1);
    for (const line of smallCorpusLines(200)) {
      const before = JSON.parse(line);
      const event = JSON.parse(signer.sign(Buffer.from(line), NOW_S).toString());
      expect(verifyEvent(event)).toBe(true);
      const { kind, tags, content } = before;
      expect(event).toMatchObject({ kind, tags, content, created_at: NOW_S });
      expect(event.id).not.toBe(before.id);
    }
  });

  it('keeps text that looks like the names of fields', () => {
    const [line = ''] = smallCorpusLines(1);
    const hostile = changed(line, {
      tags: [['t', ',"content":"x"']],
      content: ',"tags":[],"content":"","sig":"',
    });
    const event = JSON.parse(new FreshSigner(1).sign(Buffer.from(hostile), NOW_S).toString());
    expect(verifyEvent(event)).toBe(true);
    expect(event).toMatchObject({
      tags: [['t', ',"content":"x"']],
      content: ',"tags":[],"content":"","sig":"',
    });
  });
});
