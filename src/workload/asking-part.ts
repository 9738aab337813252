import type { Questions } from './questions.ts';
import { type Claims, IdlePart, type SubscriptionOwner } from './worker-part.ts';

/** A workload that asks on numbered subscriptions, one at a time, and whose questions know their replies and ends. */
export interface AskingWorkload extends SubscriptionOwner {
  readonly stream: Questions;
}

/** A part of which the whole life is that of its questions; null until it is prepared. */
export abstract class AskingPart<W extends AskingWorkload> extends IdlePart {
  protected abstract readonly letter: string;
  protected workload: W | null = null;

  override get streams(): readonly Questions[] {
    return this.workload === null ? [] : [this.workload.stream];
  }

  override get senders(): readonly Questions[] {
    return this.streams;
  }

  override get claims(): Claims {
    const { letter, workload: owner } = this;
    return { subscriptions: owner === null ? [] : [{ letter, isNumbered: true, owner }], oks: [] };
  }

  override onConnectionClosed(connection: number): void {
    this.workload?.stream.onConnectionClosed(connection);
  }

  override end(): void {
    this.workload?.stream.expireAll();
  }
}
