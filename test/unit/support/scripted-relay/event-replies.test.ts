import { describe, expect, it } from 'vitest';
import { eventReplies } from '../../../support/scripted-relay/event-replies.ts';

const id = 'a'.repeat(64);
const note = { id, kind: 1 };
const ok = { kind: 'text', text: `["OK","${id}",true,""]` };

describe('the replies of the scripted relay', () => {
  it('are one OK without a script', () => {
    expect(eventReplies({}, 1, note)).toEqual({ noise: [], reply: ok, after: [] });
  });

  it('are missing for every k-th event that is dropped', () => {
    const answered = Array.from(
      { length: 6 },
      (_, i) => eventReplies({ dropEvery: 3 }, i + 1, note).reply !== null,
    );
    expect(answered).toEqual([true, true, false, true, true, false]);
  });

  it('come twice where the script says so', () => {
    expect(eventReplies({ twiceEvery: 2 }, 2, note).after).toEqual([ok]);
    expect(eventReplies({ twiceEvery: 2 }, 3, note).after).toEqual([]);
  });

  it('refuse with the given message', () => {
    const { reply } = eventReplies({ reject: { every: 1, message: 'blocked: you' } }, 1, note);
    expect(reply).toEqual({ kind: 'text', text: `["OK","${id}",false,"blocked: you"]` });
  });

  it('depend on the kind where the script says so', () => {
    const script = { kindsAnswered: { kinds: [0], accepted: false, message: 'replaced: have newer event' } };
    const refusal = { kind: 'text', text: `["OK","${id}",false,"replaced: have newer event"]` };
    expect(eventReplies(script, 1, { id, kind: 0 }).reply).toEqual(refusal);
    expect(eventReplies(script, 1, note).reply).toEqual(ok);
  });

  it('name an id that nobody sent', () => {
    const { after } = eventReplies({ unknownEvery: 1 }, 1, note);
    expect(after).toEqual([{ kind: 'text', text: `["OK","f${id.slice(1)}",true,""]` }]);
  });

  it('stay one message when they are written with spaces or in two frames', () => {
    const spaced = eventReplies({ okForm: 'spaced' }, 1, note).reply;
    expect(spaced?.kind === 'text' && JSON.parse(spaced.text)).toEqual(['OK', id, true, '']);
    const cut = eventReplies({ okForm: 'fragmented' }, 1, note).reply;
    expect(cut?.kind === 'fragmented' && JSON.parse(cut.parts.join(''))).toEqual(['OK', id, true, '']);
  });

  it('are preceded by every noise that the script names', () => {
    const { noise, reply } = eventReplies(
      { noise: ['notice', 'auth', 'closed', 'ok-for-another-id', 'garbage', 'binary', 'invalid-utf8'] },
      1,
      note,
    );
    expect(noise.map((frame) => frame.kind)).toEqual([
      'text',
      'text',
      'text',
      'text',
      'text',
      'binary',
      'text-bytes',
    ]);
    expect(reply).toEqual(ok);
  });
});
