import type { Service } from '../state.ts';
import type { DatabaseWatch } from './database-watch.ts';

/** Whether a server has a role; `unknown` where that can't be said now: then what was said before holds. */
export type RoleAnswer = 'yes' | 'no' | 'unknown';

/** What decides who has which role. */
export interface AssignmentParts {
  readonly watches: readonly Pick<DatabaseWatch, 'node' | 'recent' | 'hasAnswered'>[];
  /** Name of the primary. */
  readonly primary: () => string;
  /** Whether a failover is going on: nobody may write then. */
  readonly isFailingOver: () => boolean;
  /** Whether the supervisor has looked long enough to know of servers that have not answered that they do not. */
  readonly isSettled: () => boolean;
}

/** Says which Postgres accepts writes, and which one answers the reads of each listener of the balancer. */
export class Assignments {
  readonly #parts: AssignmentParts;

  constructor(parts: AssignmentParts) {
    this.#parts = parts;
  }

  /** The answer to `write NAME` or `read LISTENER NAME`; to anything else it is no. */
  answer(question: string): RoleAnswer {
    const [kind, ...rest] = question.split(' ');
    const name = rest.at(-1) ?? '';
    if (kind === 'write' && rest.length === 1) return this.mayWrite(name);
    if (kind === 'read' && rest.length === 2) return this.mayRead(name, Number(rest[0]));
    return 'no';
  }

  /**
   * Whether a Postgres is the one that writes go to. One that does not answer keeps its role until another has it: its
   * silence alone must cut nobody off.
   */
  mayWrite(name: string): RoleAnswer {
    const { primary, isFailingOver } = this.#parts;
    if (name !== primary() || isFailingOver()) return 'no';
    const answer = this.#watchOf(name)?.recent ?? null;
    if (answer === null) return 'unknown';
    return answer.isReplica ? 'no' : 'yes';
  }

  /**
   * Whether the reads of a listener of the balancer, from 1, go to a Postgres: each listener has one replica at a time, so
   * that who asks it how far it is behind knows that of all its answers; or the primary where there is no replica.
   */
  mayRead(name: string, listener: number): RoleAnswer {
    const { watches, isSettled } = this.#parts;
    if (!isSettled() && !watches.every(({ hasAnswered }) => hasAnswered)) return 'unknown';
    const readable = watches.map(({ node }) => node).filter((node) => this.#isReadable(node));
    if (readable.length === 0) return this.mayWrite(name);
    return readable[(listener - 1) % readable.length]?.name === name ? 'yes' : 'no';
  }

  /** A replica that receives nothing is old; it is better than nothing where there is no primary to receive from. */
  #isReadable({ name }: Service): boolean {
    const { primary } = this.#parts;
    const answer = this.#watchOf(name)?.recent ?? null;
    if (name === primary() || answer?.isReplica !== true) return false;
    return answer.isStreaming || this.mayWrite(primary()) !== 'yes';
  }

  #watchOf(name: string): AssignmentParts['watches'][number] | undefined {
    return this.#parts.watches.find(({ node }) => node.name === name);
  }
}
