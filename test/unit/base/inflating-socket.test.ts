import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { deflateMessage, noDeflateCounts } from '../../../src/base/deflate-message.ts';
import { MessageInflater, type MessageInflaterOptions } from '../../../src/base/inflating-socket.ts';

function inflaterOf(options: Partial<MessageInflaterOptions> = {}) {
  const answers: string[] = [];
  const counts = noDeflateCounts();
  const inflater = new MessageInflater({
    maxBytes: 100,
    takenOverBytes: 0,
    counts,
    onFailure: () => undefined,
    ...options,
  });
  const feed = (payload: Buffer, isFinal = true): void =>
    inflater.decompress(payload, isFinal, (error, message) =>
      answers.push(error === null ? `${message}` : `${(error as NodeJS.ErrnoException).code}`),
    );
  return { inflater, feed, answers };
}

const HELLO = deflateMessage(Buffer.from('hello'));

describe('what ws inflates with', () => {
  it('answers after the call, never in it', async () => {
    const { feed, answers } = inflaterOf();
    feed(HELLO);
    expect(answers).toEqual([]);
    await turn();
    expect(answers).toEqual(['hello']);
  });

  it('inflates the frames of a message together, and the next message alone', async () => {
    const { feed, answers } = inflaterOf();
    feed(HELLO.subarray(0, 2), false);
    feed(HELLO.subarray(2));
    feed(HELLO);
    await turn();
    expect(answers).toEqual(['', 'hello', 'hello']);
  });

  it('keeps a message compressed while its user is behind', async () => {
    let isBehind = true;
    const { inflater, feed, answers } = inflaterOf({ mustWait: () => isBehind });
    feed(HELLO);
    await turn();
    expect(answers).toEqual([]);
    isBehind = false;
    inflater.goOn();
    inflater.goOn();
    await turn();
    expect(answers).toEqual(['hello']);
  });

  it.each([
    ['too-big', deflateMessage(Buffer.alloc(101)), 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'],
    ['broken', Buffer.from('ffffffff', 'hex'), 'WS_ERR_INVALID_UTF8'],
  ] as const)(
    'tells that a message is %s, and ends the connection as ws would',
    async (failure, payload, code) => {
      const failures: string[] = [];
      const { feed, answers } = inflaterOf({ onFailure: (each) => failures.push(each) });
      feed(payload);
      await turn();
      expect([failures, answers]).toEqual([[failure], [code]]);
    },
  );

  it('lets go of what waits when the connection is cut, without inflating it', async () => {
    const { inflater, feed, answers } = inflaterOf({ mustWait: () => true });
    feed(HELLO);
    inflater.end();
    await turn();
    expect(answers).toEqual(['WS_ERR_INVALID_UTF8']);
  });

  it('tells of a message as it came, before it is inflated, whatever becomes of it', async () => {
    const sizes: number[] = [];
    const { inflater, feed, answers } = inflaterOf({ onMessage: (bytes) => sizes.push(bytes) });
    feed(HELLO.subarray(0, 2), false);
    feed(HELLO.subarray(2));
    feed(Buffer.from('ffffffff', 'hex'));
    await turn();
    inflater.discard();
    feed(HELLO);
    await turn();
    expect(sizes).toEqual([HELLO.length, 4]);
    expect(answers).toEqual(['', 'hello', 'WS_ERR_INVALID_UTF8', '']);
  });

  it('forgets everything when the connection has ended', async () => {
    const { inflater, feed, answers } = inflaterOf({ mustWait: () => true });
    feed(HELLO);
    inflater.cleanup();
    inflater.goOn();
    await turn();
    expect(answers).toEqual([]);
  });
});
