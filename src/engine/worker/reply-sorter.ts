import type { OkReply, ReplyHandlers } from '../../wire/reply-handlers.ts';
import { acceptedIdOf } from '../../wire/reply-router.ts';
import type { CorpusLoad } from '../../workload/corpus-load.ts';
import type { DeliveryTracker } from '../../workload/deliveries.ts';
import type { PublishWorkload } from '../../workload/publish.ts';
import type { QueryWorkload } from '../../workload/query.ts';
import type { AcknowledgedLog } from './acknowledged-log.ts';
import type { Recorder } from './recorder.ts';
import type { Verifier } from './verifier.ts';

/** In the place of the sequence number of a query. */
const LIVE = -1;

/** Where replies go; parts are null while or where the run does not have them. */
export interface ReplyReceivers {
  publish: PublishWorkload | null;
  query: QueryWorkload | null;
  deliveries: DeliveryTracker | null;
  corpus: CorpusLoad | null;
  verifier: Verifier | null;
  /** Null where nobody asks for the ids of acknowledged events. */
  acknowledged: AcknowledgedLog | null;
  /** Called when a live subscription became live (null) or was refused, with the relay's word. */
  onSubscription: (connection: number, refusal: string | null) => void;
  /** Phase of this moment, for what belongs to no operation. */
  currentPhase: () => number;
}

/** Hands each reply to the workload that waits for it and counts what nobody waits for. */
export class ReplySorter implements ReplyHandlers {
  readonly #receivers: ReplyReceivers;
  readonly #recorder: Recorder;

  constructor(receivers: ReplyReceivers, recorder: Recorder) {
    this.#receivers = receivers;
    this.#recorder = recorder;
  }

  onAccepted(connection: number, idHigh: number, idLow: number, frame: Buffer): void {
    const { publish, corpus, acknowledged } = this.#receivers;
    if (publish?.onAccepted(connection, idHigh, idLow) === true) {
      acknowledged?.take(acceptedIdOf(frame));
      return;
    }
    if (corpus?.onAnswer(connection, { idHigh, idLow, accepted: true, prefix: '' }) === true) return;
    this.onStray(connection);
  }

  onOk(connection: number, reply: OkReply, id: string): void {
    const { publish, corpus, acknowledged } = this.#receivers;
    if (publish?.onOk(connection, reply) === true) {
      if (reply.accepted) acknowledged?.take(id);
      return;
    }
    if (corpus?.onAnswer(connection, reply) === true) return;
    this.onStray(connection);
  }

  onLiveEvent(connection: number, frame: Buffer): void {
    if (this.#receivers.deliveries?.onLiveEvent(connection, frame) !== true) this.onStray(connection);
    this.#receivers.verifier?.offer(connection, LIVE, frame);
  }

  onQueryEvent(connection: number, sequence: number, frame: Buffer): void {
    if (this.#receivers.query?.onEvent(connection, sequence, frame) !== true) this.onStray(connection);
    this.#receivers.verifier?.offer(connection, sequence, frame);
  }

  onLiveEose(connection: number): void {
    const { deliveries } = this.#receivers;
    if (deliveries?.isSubscriber(connection) !== true || deliveries.isLive(connection)) {
      this.onStray(connection);
      return;
    }
    deliveries.onSubscribed(connection);
    this.#receivers.onSubscription(connection, null);
  }

  onQueryEose(connection: number, sequence: number): void {
    if (this.#receivers.query?.onEose(connection, sequence) !== true) this.onStray(connection);
  }

  onLiveClosed(connection: number, prefix: string): void {
    const { deliveries } = this.#receivers;
    if (deliveries?.isSubscriber(connection) !== true) {
      this.onStray(connection);
      return;
    }
    this.#count('subscriptions_closed');
    deliveries.onUnsubscribed(connection);
    this.#receivers.onSubscription(connection, prefix);
  }

  onQueryClosed(connection: number, sequence: number, prefix: string): void {
    if (this.#receivers.query?.onClosed(connection, sequence, prefix) !== true) this.onStray(connection);
  }

  onNotice(_connection: number, message: string): void {
    this.#count('notices');
    this.#recorder.notice(message);
  }

  onStray(_connection: number): void {
    this.#count('stray_frames');
  }

  onMalformed(_connection: number): void {
    this.#count('malformed_frames');
  }

  #count(counter: 'notices' | 'stray_frames' | 'malformed_frames' | 'subscriptions_closed'): void {
    this.#recorder.count(this.#receivers.currentPhase(), counter);
  }
}
