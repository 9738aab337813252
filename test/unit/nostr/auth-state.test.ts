import { describe, expect, it } from 'vitest';
import {
  type AuthPolicy,
  AuthState,
  type AuthStep,
  carryOut,
  type Held,
} from '../../../src/nostr/auth-state.ts';

/** What becomes of one operation. */
class Operation implements Held {
  sentAgain = 0;
  refused = 0;

  again(): void {
    this.sentAgain++;
  }

  refuse(): void {
    this.refused++;
  }
}

/** A client that does what its state says, with every AUTH kept for the test to answer. */
function client(policy: AuthPolicy = 'on-demand') {
  const state = new AuthState(policy);
  const sent: string[] = [];
  const obey = (step: AuthStep): void => {
    carryOut(step, (text) => {
      sent.push(text);
      state.sent();
    });
  };
  return {
    state,
    sent,
    challenge: (text: string) => obey(state.challenged(text)),
    demand: (key: string, operation: Operation) => obey(state.demanded(key, operation)),
    answer: (accepted: boolean) => obey(state.answered(accepted)),
    wait: () => obey(state.unchallenged()),
  };
}

describe('the authentication of a connection', () => {
  it('is left alone where nothing is refused', () => {
    const { challenge, sent } = client();
    challenge('one');
    expect(sent).toEqual([]);
  });

  it('begins with the challenge where the client wants it so', () => {
    const { challenge, sent } = client('on-connect');
    challenge('one');
    expect(sent).toEqual(['one']);
  });

  it('begins with the first refusal, and what was refused is sent again after the OK, once each', () => {
    const { challenge, demand, answer, sent, state } = client();
    const [a, b] = [new Operation(), new Operation()];
    challenge('one');
    demand('a', a);
    demand('b', b);
    expect([a.sentAgain, b.sentAgain]).toEqual([0, 0]);
    answer(true);
    expect([a, b]).toMatchObject([
      { sentAgain: 1, refused: 0 },
      { sentAgain: 1, refused: 0 },
    ]);
    expect(sent).toEqual(['one']);
    expect(state.isIn).toBe(true);
  });

  it('sends at once again what was on its way while the AUTH was taken', () => {
    const { challenge, demand, answer } = client('on-connect');
    const operation = new Operation();
    challenge('one');
    answer(true);
    demand('a', operation);
    expect(operation).toMatchObject({ sentAgain: 1, refused: 0 });
  });

  it('waits for a challenge that comes behind the refusal', () => {
    const { challenge, demand, answer, sent } = client();
    const operation = new Operation();
    demand('a', operation);
    expect(sent).toEqual([]);
    challenge('one');
    answer(true);
    expect(operation.sentAgain).toBe(1);
  });

  it('refuses what has waited in vain for a challenge, and what comes after it at once', () => {
    const { demand, wait } = client();
    const [a, b] = [new Operation(), new Operation()];
    demand('a', a);
    wait();
    demand('b', b);
    expect([a.refused, b.refused]).toEqual([1, 1]);
  });

  it('hears a challenge that comes after all', () => {
    const { challenge, demand, wait, answer } = client();
    const [a, b] = [new Operation(), new Operation()];
    demand('a', a);
    wait();
    challenge('one');
    demand('b', b);
    answer(true);
    expect(b.sentAgain).toBe(1);
  });

  it('refuses everything once the relay has refused the AUTH', () => {
    const { challenge, demand, answer, sent } = client();
    const [a, b] = [new Operation(), new Operation()];
    challenge('one');
    demand('a', a);
    answer(false);
    challenge('two');
    demand('b', b);
    expect([a, b]).toMatchObject([
      { sentAgain: 0, refused: 1 },
      { sentAgain: 0, refused: 1 },
    ]);
    expect(sent).toEqual(['one']);
  });

  it('answers the challenge that has replaced the one of a refused AUTH', () => {
    const { challenge, demand, answer, sent } = client();
    const operation = new Operation();
    challenge('one');
    demand('a', operation);
    challenge('two');
    answer(false);
    answer(true);
    expect(sent).toEqual(['one', 'two']);
    expect(operation.sentAgain).toBe(1);
  });

  it('refuses what is refused again although the client has authenticated, and asks no more', () => {
    const { challenge, demand, answer, sent } = client();
    const [a, b] = [new Operation(), new Operation()];
    challenge('one');
    demand('a', a);
    answer(true);
    demand('a', a);
    demand('b', b);
    expect(a).toMatchObject({ sentAgain: 1, refused: 1 });
    expect(b).toMatchObject({ sentAgain: 0, refused: 1 });
    expect(sent).toEqual(['one']);
  });

  it('does nothing where the client never authenticates', () => {
    const { challenge, demand, sent } = client('never');
    const operation = new Operation();
    challenge('one');
    demand('a', operation);
    expect(operation.refused).toBe(1);
    expect(sent).toEqual([]);
  });

  it('ends with a relay that challenges after every AUTH', () => {
    const { challenge, answer, sent } = client('on-connect');
    for (let round = 0; round < 1_000; round++) {
      challenge(`round ${round}`);
      if (sent.length > round) answer(true);
    }
    expect(sent.length).toBe(20);
  });
});
