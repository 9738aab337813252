import { describe, expect, it } from 'vitest';
import { Conversation, UnansweredError } from '../../../../src/relay/edge/conversation.ts';
import { stall } from '../../../support/stall.ts';
import { someStored } from '../../../support/stored-event.ts';

const TIMES = { questionMs: 20, roundMs: 20 };

function someConversation() {
  const sent: unknown[][] = [];
  const conversation = new Conversation((text) => void sent.push(JSON.parse(text) as unknown[]), TIMES);
  const receive = (...message: unknown[]): void => conversation.receive(JSON.stringify(message));
  return { conversation, sent, receive };
}

describe('a conversation with an origin', () => {
  it('takes an answer that lies unread after a pause of the process', async () => {
    const { conversation, receive } = someConversation();
    const event = someStored();
    let question: Promise<unknown> = Promise.resolve();
    let write: Promise<unknown> = Promise.resolve();
    await stall(
      30,
      () => {
        question = conversation.ask({ kinds: [1] });
        write = conversation.publish(event, 20);
      },
      () => {
        receive('EOSE', 'q1');
        receive('OK', event.id, true, '');
      },
    );
    expect(await question).toEqual([]);
    expect(await write).toEqual({ accepted: true, message: '' });
  });

  it('does not end what was asked anew under the same name with the time of what was answered', async () => {
    const { conversation, receive } = someConversation();
    const event = someStored();
    let second: Promise<unknown> = Promise.resolve();
    const publish = (): Promise<unknown> => conversation.publish(event, 20);
    await stall(
      30,
      () => void publish().catch(() => undefined),
      () => {
        receive('OK', event.id, false, 'error: once more');
        second = conversation.publish(event, 60_000);
      },
    );
    receive('OK', event.id, true, '');
    expect(await second).toEqual({ accepted: true, message: '' });
  });

  it('ends what has no answer in time, and everything with its connection', async () => {
    const { conversation } = someConversation();
    await expect(conversation.ask({ kinds: [1] })).rejects.toThrow('no answer within 20 ms');
    const write = conversation.publish(someStored(), 60_000);
    conversation.end('gone');
    await expect(write).rejects.toThrow(UnansweredError);
    await expect(conversation.publish(someStored(), 60_000)).rejects.toThrow('the connection has ended');
  });
});
