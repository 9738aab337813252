import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AuthPolicy, AuthState, type AuthStep, carryOut } from '../../src/nostr/auth-state.ts';

/** What a relay may do, in any order. */
const move = fc.oneof(
  fc.record({ type: fc.constant('challenge' as const), text: fc.string() }),
  fc.record({ type: fc.constant('demand' as const), key: fc.nat(5).map(String) }),
  fc.record({ type: fc.constant('answer' as const), accepted: fc.boolean() }),
  fc.record({ type: fc.constant('silence' as const) }),
);

type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

/** A client and what became of its operations. */
class Client {
  readonly state: AuthState;
  /** How often each refused operation was sent again or ended. */
  readonly fates: number[] = [];
  auths = 0;
  isAsked = false;

  constructor(policy: AuthPolicy) {
    this.state = new AuthState(policy);
  }

  meet(each: Move): void {
    if (each.type === 'challenge') this.#obey(this.state.challenged(each.text));
    else if (each.type === 'demand') this.#obey(this.#demanded(each.key));
    else if (each.type === 'silence' && this.state.isWaitingForChallenge)
      this.#obey(this.state.unchallenged());
    else if (each.type === 'answer' && this.isAsked) {
      this.isAsked = false;
      this.#obey(this.state.answered(each.accepted));
    }
  }

  #demanded(key: string): AuthStep {
    const at = this.fates.push(0) - 1;
    const fate = (): void => {
      this.fates[at] = (this.fates[at] as number) + 1;
    };
    return this.state.demanded(key, { again: fate, refuse: fate });
  }

  #obey(step: AuthStep): void {
    carryOut(step, () => {
      expect(this.isAsked).toBe(false);
      this.isAsked = true;
      this.auths++;
      this.state.sent();
    });
  }
}

it('whatever a relay does, a refusal has one consequence, AUTHs are bounded, and what waits waits for something', () => {
  fc.assert(
    fc.property(
      fc.array(move, { maxLength: 200 }),
      fc.constantFrom('on-demand' as const, 'on-connect' as const, 'never' as const),
      (moves, policy) => {
        const client = new Client(policy);
        for (const each of moves) client.meet(each);
        expect(Math.max(0, ...client.fates)).toBeLessThanOrEqual(1);
        expect(client.auths).toBeLessThanOrEqual(20);
        const waits = client.fates.includes(0);
        expect(!waits || client.isAsked || client.state.isWaitingForChallenge).toBe(true);
      },
    ),
  );
});
