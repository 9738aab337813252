import type { StepSender } from './step-sender.ts';
import { type Claims, IdlePart, type OkOwner, type SubscriptionOwner } from './worker-part.ts';

/** Clients that come, do one step after the other, and go. */
type SteppedWorkload = IdlePart['streams'][number] & {
  onConnectionOpened(connection: number): void;
  onConnectionFailed(connection: number): void;
  onConnectionClosed(connection: number): void;
  endAll(): void;
};

/** What a worker needs for its clients, once it is prepared. */
export interface Stepped<W> {
  readonly workload: W;
  readonly requests: SubscriptionOwner;
  readonly writes: OkOwner;
  readonly sender: StepSender;
}

/** What a worker does for a workload whose clients follow steps, once {@link ready} is set; before that there are none. */
export abstract class SteppedPart<W extends SteppedWorkload> extends IdlePart {
  protected ready: Stepped<W> | null = null;
  /** First letter of their subscription ids. */
  protected abstract readonly letter: string;

  override get streams(): readonly W[] {
    return this.ready === null ? [] : [this.ready.workload];
  }

  override get senders(): readonly StepSender[] {
    return this.ready === null ? [] : [this.ready.sender];
  }

  override get claims(): Claims {
    if (this.ready === null) return { subscriptions: [], oks: [] };
    const { requests, writes } = this.ready;
    return { subscriptions: [{ letter: this.letter, isNumbered: true, owner: requests }], oks: [writes] };
  }

  override onConnectionOpened(connection: number): void {
    this.ready?.workload.onConnectionOpened(connection);
  }

  override onConnectionFailed(connection: number): void {
    this.ready?.workload.onConnectionFailed(connection);
  }

  override onConnectionClosed(connection: number): void {
    this.ready?.workload.onConnectionClosed(connection);
  }

  override end(): void {
    this.ready?.workload.endAll();
  }
}
