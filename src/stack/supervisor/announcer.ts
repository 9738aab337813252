import { askHaproxy } from '../haproxy/runtime.ts';
import { databaseBalancerOf, type StackState, servicesOfKind } from '../state.ts';
import { readPurposes } from '../topology.ts';
import type { RoleOf } from './role-agent.ts';

/**
 * Tells the database balancer at once when a role changes, or when it has been started again, which it would otherwise hear at its
 * next question. That it hears of it does not depend on this.
 */
export class Announcer {
  readonly #state: StackState;
  readonly #roleOf: RoleOf;
  /** The last command that it has taken. */
  #told = '';
  #isTelling = false;

  constructor(state: StackState, roleOf: RoleOf) {
    this.#state = state;
    this.#roleOf = roleOf;
  }

  /** Tells it what has changed since the last time, if anything has. */
  announce(): void {
    const balancer = databaseBalancerOf(this.#state.services);
    const command = this.#command();
    if (balancer === undefined || command === this.#told || this.#isTelling) return;
    this.#isTelling = true;
    askHaproxy(balancer, command)
      .then(
        () => {
          this.#told = command;
        },
        // It is not there, or is being started: it is told at the next look.
        () => undefined,
      )
      .finally(() => {
        this.#isTelling = false;
      });
  }

  /** The balancer has been started again, and knows nothing. */
  forget(): void {
    this.#told = '';
  }

  #command(): string {
    const questions = [
      { backend: 'pg_write', question: 'write' },
      ...readPurposes(this.#state.shape).map((backend, index) => ({
        backend,
        question: `read ${index + 1}`,
      })),
    ];
    const [down, up]: [string[], string[]] = [[], []];
    for (const { name } of servicesOfKind(this.#state, 'postgres')) {
      for (const { backend, question } of questions) {
        const role = this.#roleOf(`${question} ${name}`);
        const server = `set server ${backend}/${name}`;
        if (role === 'no') down.push(`${server} agent down`);
        if (role === 'yes') up.push(`${server} agent up; ${server} state ready`);
      }
    }
    // Down first: nobody shall have two servers for a moment.
    return [...down, ...up].join('; ');
  }
}
