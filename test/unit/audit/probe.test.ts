import { describe, expect, test } from 'vitest';
import { probe } from '../../../src/audit/probe.ts';
import { fakeRelay } from '../../support/fake-connection.ts';

const clock = { nowMs: () => 0 };
const finds = (ids: readonly string[]) => Promise.resolve(new Set(ids));

describe('the events of the audit itself', () => {
  test('are not judged where the relay refuses the first, and it says why', async () => {
    const publish = () => Promise.resolve({ accepted: false, message: 'blocked: members only' });
    expect(await probe({ relays: [fakeRelay({ publish })], clock })).toMatchObject({
      checked: 0,
      reason: 'the relay refuses the events of the audit: blocked: members only',
    });
  });

  test('are judged as far as the relay took them', async () => {
    let taken = 0;
    const publish = () => Promise.resolve({ accepted: ++taken <= 3, message: 'rate-limited: enough' });
    const checked = await probe({ relays: [fakeRelay({ publish, find: finds })], clock });
    expect(checked).toMatchObject({ checked: 3, violated: 0, reason: null });
  });

  test('are looked for on another relay process until it has them', async () => {
    const asked: string[] = [];
    const find = (ids: readonly string[]) => {
      asked.push(...ids);
      return finds(asked.length < 3 ? [] : ids);
    };
    const relays = [fakeRelay({ find: finds }), fakeRelay({ find })];
    const { violated, lag } = await probe({ relays, clock, events: 1 });
    expect(asked).toHaveLength(3);
    expect({ violated, samples: lag?.samples }).toEqual({ violated: 0, samples: 1 });
  });
});
