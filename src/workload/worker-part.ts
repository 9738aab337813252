import type { BackOff } from '../base/back-off.ts';
import type { Finding } from '../judge/observations.ts';
import type { SeriesTable } from '../metric/series-table.ts';
import type { Held } from '../nostr/auth-state.ts';
import type { CountReply } from '../nostr/relay-message.ts';
import type { Shard } from '../plan/parts.ts';
import type { Plan } from '../plan/plan.ts';
import type { FrameOwner } from '../wire/outbox.ts';
import type { OkReply } from '../wire/reply-handlers.ts';
import type { CaseSink } from './case-sink.ts';
import type { DrawPools } from './draw-filter.ts';
import type { EventFate } from './event-fate.ts';
import type { FrameSender } from './frame-sender.ts';
import type { PreparationTally } from './preparation-tally.ts';
import type { SampleSink } from './sample-sink.ts';
import type { ArrivalStream } from './stream.ts';

/** Start of the load; an estimate until the coordinator says `go`. */
export interface StartTime {
  monotonicNs: number;
  wallMs: number;
}

/** The connections of a worker, by their numbers in the run. */
export interface Connections {
  readonly isOpen: (connection: number) => boolean;
  /** Whether frames may be staged for it: it is open, or lost and going to be opened again, for which they wait. */
  readonly takes: (connection: number) => boolean;
  /** Whether it is lost and going to be opened again. */
  readonly isAway: (connection: number) => boolean;
  /** A part has put back something of what a connection had before it was lost. */
  readonly restored: (connection: number) => void;
  /** Number of the relay process that a connection has reached; negative where that is not known. */
  readonly relayOf: (connection: number) => number;
  /** Write a frame outside the measured streams; nothing happens where the connection is closed. */
  readonly send: (connection: number, frame: Buffer) => void;
  /**
   * Start the handshake of a connection that was scheduled for this monotonic time.
   * @param isHeld whether it is held to the end, and so opened again where lost connections are
   */
  readonly open: (connection: number, scheduledNs: number, isHeld?: boolean) => void;
  /** Cut one without a word, as a network that goes away. It is opened again. @returns false where it is not open */
  readonly cut: (connection: number, backOff: BackOff) => boolean;
  /** Close one of this side's own will. */
  readonly close: (connection: number) => void;
  /** Read nothing more of it until it is resumed, so that the relay's writes to it stall. */
  readonly pause: (connection: number) => void;
  readonly resume: (connection: number) => void;
  /** Handshakes under way. */
  readonly opening: number;
  /** Whether the relay may yet refuse what is sent here until the client has authenticated: frames are kept for that. */
  mayDemandAuth(connection: number): boolean;
}

/** What workloads of one worker give each other, whichever they are. */
export interface Shared {
  /** Told about the life of each event that is published: add to it before the publisher is prepared. */
  readonly fates: EventFate[];
  /** The topic of an event of a replayed corpus; null where nobody follows its authors. */
  topicOf: ((line: Buffer) => number) | null;
}

/** What every part of a worker is built from. */
export interface WorkerContext {
  readonly plan: Plan;
  readonly shard: Shard;
  readonly runTag: string;
  readonly start: StartTime;
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly cases: CaseSink;
  /** Told what is worth knowing of the relay and no fault. */
  readonly onFinding: (finding: Finding) => void;
  readonly connections: Connections;
  readonly shared: Shared;
  /** Phase of this moment; outside of all phases before the load. */
  readonly currentPhase: () => number;
  /** When offering ends, monotonic ns. */
  readonly endNs: () => number;
  /** An operation of the closed model has ended: another may start. */
  readonly onCredit: () => void;
  /** Tells how far the preparation is. */
  readonly onProgress: (what: string, done: number, total: number) => void;
  /** The run can't go on. */
  readonly fail: (error: unknown) => void;
}

/** What the relay made of the events that were stored before the load. */
export interface StoredCorpus {
  /** Events of a named corpus that were refused or never answered. */
  readonly failed: readonly number[];
  /** Whether it had some of them already. */
  readonly hadSome: boolean;
}

/** What was stored before the load, for whoever asks for it. */
export interface StoredNotes {
  /** What filters are drawn from; null where a named corpus holds it. */
  readonly pools: DrawPools | null;
  /** The notes that this worker has stored; none of a named corpus. */
  readonly notes: readonly StoredNote[];
}

/** A note that was signed for the run and that the relay has. */
export interface StoredNote {
  readonly id: string;
  /** Unix seconds. */
  readonly created_at: number;
}

/** What sends the frames of a workload, as far as the engine handles it. */
export type Sender = Pick<FrameSender, 'attach' | 'roomAhead' | 'fillAhead' | 'dropRest'>;

/** A workload whose frames leave with those of others. */
export interface SendingOwner extends FrameOwner {
  readonly sender: Sender;
}

/**
 * Receives what a relay says of subscriptions. Each method returns false where nobody waited for it: such a frame is
 * stray.
 */
export interface SubscriptionOwner {
  /** `frame` is valid only during the call. */
  onEvent(connection: number, sequence: number, frame: Buffer): boolean;
  onEose(connection: number, sequence: number): boolean;
  /** `prefix`: the machine-readable word (NIP-01). */
  onClosed(connection: number, sequence: number, prefix: string): boolean;
  /** NIP-45; stray where it is left out. */
  onCount?(connection: number, sequence: number, reply: CountReply): boolean;
  /** NIP-77: NEG-MSG or NEG-ERR with its payload; malformed where it is left out. */
  onNegotiation?(connection: number, sequence: number, word: string, payload: string): boolean;
  /**
   * A subscription that the relay has refused until the client authenticates; null where nobody waits for it, or it can't be
   * asked again. Left out where nothing ever is.
   */
  hold?(connection: number, sequence: number): Held | null;
}

/** Receives answers to EVENT. Each method returns false where it has no such event. */
export interface OkOwner {
  onAccepted(connection: number, idHigh: number, idLow: number): boolean;
  onOk(connection: number, reply: OkReply): boolean;
  /**
   * An event that the relay has refused until the client authenticates; null where it is none of this owner's, or its
   * frame is not at hand any more. Left out where none ever is.
   */
  hold?(connection: number, refusal: OkReply): Held | null;
}

/** Subscription ids of one letter: alone (`s`), or followed by a sequence number in eight hex digits (`q0000002a`). */
export interface SubscriptionClaim {
  readonly letter: string;
  readonly isNumbered: boolean;
  readonly owner: SubscriptionOwner;
}

/** The replies that belong to a part. */
export interface Claims {
  readonly subscriptions: readonly SubscriptionClaim[];
  readonly oks: readonly OkOwner[];
}

/** What became of the preparation of a part. */
export interface Prepared {
  /** Why the run is invalid. */
  readonly problems: readonly string[];
  /** How the target took what was asked for; null where nothing was. */
  readonly tally: PreparationTally | null;
  /** What a reader must know. */
  readonly remarks?: readonly string[];
}

/** What one workload does in one worker. */
export interface WorkerPart {
  /** Begin what takes long, before events are stored. */
  begin(): void;
  /** Get ready for the load; other parts may have been prepared before, in the order of the registry. */
  prepare(stored: StoredNotes): Promise<Prepared>;
  /** Its arrivals, once it is prepared. */
  readonly streams: readonly ArrivalStream[];
  /** Those of them that send frames. */
  readonly senders: readonly SendingOwner[];
  /** Asked for before it is prepared and after, never while the load lasts. */
  readonly claims: Claims;
  /** It is known when the load starts, a moment from now; this is what all workers have found out. */
  started(found: StoredCorpus): void;
  /** Called a few times a second, besides what its streams do. */
  tick(nowNs: number): void;
  /** What the drain waits for besides operations. */
  readonly incomplete: number;
  /** A connection is open. */
  onConnectionOpened(connection: number): void;
  /** A connection could not be opened. */
  onConnectionFailed(connection: number): void;
  /**
   * The target has closed a connection. {@link onConnectionClosed} follows.
   * @param code WebSocket close code
   * @returns whether it was free to, because of what this workload does there: then the connection is not lost
   */
  mayDrop(connection: number, code: number): boolean;
  /** A connection is gone, whoever has closed it; `isAway` tells whether it is going to be opened again. */
  onConnectionClosed(connection: number): void;
  /** A lost connection is open again: put back what it had, and send again what waits for an answer. */
  onConnectionReopened(connection: number): void;
  /** Whether it has all that it had before it was lost. */
  isRestored(connection: number): boolean;
  /** Wait for checks under way: the drain is over. */
  drained(): Promise<void>;
  /** Every arrival gets a fate now: what has not ended is a timeout or missing. */
  end(): void;
}

/** Builds a workload's part of a worker from its part of the plan. */
export type CreatePart<P> = (part: P, context: WorkerContext) => WorkerPart;

const NOTHING_PREPARED: Prepared = { problems: [], tally: null };
const NOTHING_CLAIMED: Claims = { subscriptions: [], oks: [] };

/** A part that does nothing; each workload says what it does. */
export class IdlePart implements WorkerPart {
  get streams(): readonly ArrivalStream[] {
    return [];
  }

  get senders(): readonly SendingOwner[] {
    return [];
  }

  get claims(): Claims {
    return NOTHING_CLAIMED;
  }

  get incomplete(): number {
    return 0;
  }

  begin(): void {
    // Nothing takes long.
  }

  async prepare(_stored: StoredNotes): Promise<Prepared> {
    return NOTHING_PREPARED;
  }

  started(_found: StoredCorpus): void {
    // It needs to know nothing.
  }

  tick(_nowNs: number): void {
    // Its streams do all.
  }

  onConnectionOpened(_connection: number): void {
    // Its arrivals look for connections themselves.
  }

  onConnectionFailed(_connection: number): void {
    // It opens none.
  }

  mayDrop(_connection: number, _code: number): boolean {
    return false;
  }

  onConnectionClosed(_connection: number): void {
    // It has nothing under way.
  }

  onConnectionReopened(_connection: number): void {
    // It had nothing there.
  }

  isRestored(_connection: number): boolean {
    return true;
  }

  async drained(): Promise<void> {
    // Nothing is checked.
  }

  end(): void {
    // Nothing is left.
  }
}
