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

  it('decides how much of it may wait before it is not read from', () => {
    let told = 0;
    const sender = new Sender({ address: 'x', creditMax: 4, onSpent: () => undefined, onRoom: () => told++ });
    sender.wait(15);
    expect(sender.isBehind).toBe(false);
    sender.wait(17);
    expect(sender.isBehind).toBe(true);
    sender.settle(16);
    expect([sender.isBehind, told]).toEqual([true, 0]);
    sender.settle(1);
    expect([sender.isBehind, told]).toEqual([false, 1]);
    for (let i = 0; i < 1_000; i++) sender.verified(true);
    sender.wait(240);
    expect(sender.isBehind).toBe(false);
    sender.wait(1);
    expect(sender.isBehind).toBe(true);
    sender.verified(false);
    sender.settle(240);
    expect([sender.isBehind, told]).toEqual([true, 1]);
    sender.settle(1);
    expect([sender.isBehind, told]).toEqual([false, 2]);
  });
});
