import { describe, expect, it } from 'vitest';
import { Sender } from '../../../../src/relay/verify/sender.ts';

function senderWith(creditMax: number) {
  const state = { spent: 0 };
  const sender = new Sender({ address: 'x', creditMax, onSpent: () => state.spent++ });
  return { sender, state };
}

describe('the credit of a sender', () => {
  it('is spent by invalid signatures, once', () => {
    const { sender, state } = senderWith(4);
    for (let i = 0; i < 3; i++) sender.verified(false);
    expect([sender.isDoubtful, state.spent]).toEqual([true, 0]);
    for (let i = 0; i < 3; i++) sender.verified(false);
    expect(state.spent).toBe(1);
  });

  it('comes back with valid ones, so that a mistake now and then costs nothing', () => {
    const { sender, state } = senderWith(4);
    for (let i = 0; i < 100; i++) {
      sender.verified(false);
      sender.verified(true);
    }
    expect([sender.isDoubtful, state.spent]).toEqual([false, 0]);
  });

  it('is without end where it is 0', () => {
    const { sender, state } = senderWith(0);
    for (let i = 0; i < 100; i++) sender.verified(false);
    expect([sender.isDoubtful, state.spent]).toEqual([false, 0]);
  });
});
