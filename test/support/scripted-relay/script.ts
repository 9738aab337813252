/**
 * What a scripted relay does, as plain data: it crosses a process boundary as JSON. Everything that is left out
 * behaves like a perfect relay: answers at once, in order, once. `every: k` means the k-th, 2k-th, … of them.
 */
export interface RelayScript {
  readonly events?: EventScript;
  readonly queries?: QueryScript;
  readonly live?: LiveScript;
  readonly counts?: CountScript;
  readonly syncs?: SyncScript;
  readonly connections?: ConnectionScript;
  readonly auth?: AuthScript;
  /** The relay's information document (NIP-11), where it is not to be the usual one. */
  readonly information?: object;
}

/** Clients must authenticate (NIP-42) before anything else. */
export interface AuthScript {
  /** When `["AUTH", …]` is sent: right after the upgrade, or before or behind the first refusal. */
  readonly challenge: 'on-connect' | 'before-refusal' | 'behind-refusal' | 'never';
  /** From AUTH to its OK. */
  readonly delay?: Delay;
  /** Every AUTH is refused with this message. */
  readonly reject?: string;
}

/** How long an answer takes after the message was accepted. */
export type Delay =
  | { readonly kind: 'exact'; readonly ms: number }
  /** In every block of `slowEvery` exactly one, at a seeded place, takes `slowMs`; the others `fastMs`. */
  | {
      readonly kind: 'bimodal';
      readonly fastMs: number;
      readonly slowMs: number;
      readonly slowEvery: number;
      readonly seed: number;
    };

/** When events are served; one queue for all connections. */
export interface ServiceScript {
  readonly delay?: Delay;
  /** Nothing is served in the middle `forMs` of every `everyMs`, counted from the first event. */
  readonly freeze?: { readonly everyMs: number; readonly forMs: number };
  /** Served one after the other, each taking 1/capacity; without it any number at once. */
  readonly capacity_per_s?: number;
}

/** Frames that are no answer, sent right when the event arrives, before its reply is due. */
export type Noise =
  | 'notice'
  | 'auth'
  | 'closed'
  | 'ok-for-another-id'
  | 'garbage'
  | 'binary'
  | 'invalid-utf8';

/** How the text of an OK is written. */
export type OkForm = 'compact' | 'spaced' | 'fragmented';

export interface EventScript extends ServiceScript {
  /** So much later for every connection that is open. */
  readonly msPerConnection?: number;
  /** These events are never answered. */
  readonly dropEvery?: number;
  /** These events are answered twice, the second time 5 ms later. */
  readonly twiceEvery?: number;
  /** These events are followed by an OK for an id that nobody sent. */
  readonly unknownEvery?: number;
  /** These events are refused with this message, for example `blocked: you`. */
  readonly reject?: { readonly every: number; readonly message: string };
  /** Beyond so many events a second, all connections together, they are refused with `rate-limited:`. */
  readonly limit_per_s?: number;
  /** An event that has come before is answered `OK true` with `duplicate:`, and not delivered again. */
  readonly knowsDuplicates?: boolean;
  /** OKs leave in groups of this many, the last one first. */
  readonly reverseGroupsOf?: number;
  readonly noise?: readonly Noise[];
  readonly okForm?: OkForm;
  /** Events of this kind are answered so much later than the others. */
  readonly kindDelay?: { readonly kind: number; readonly ms: number };
  /** Message of an accepting OK, for example `duplicate: have this event`; default empty. */
  readonly okMessage?: string;
  /** Events of these kinds are answered so instead, and neither kept nor delivered. */
  readonly kindsAnswered?: {
    readonly kinds: readonly number[];
    readonly accepted: boolean;
    readonly message: string;
  };
}

/** A relay that answers from the events that it accepted: newest first, whatever is left out here as NIP-01 has it. */
export interface KeptScript {
  /** The right events in ascending order, where a filter has no limit or always. */
  readonly ascending?: 'without-limit' | 'always';
  /** No answer has more events than this, whatever the filter asks for. */
  readonly cap?: number;
  /** So many events more than the limit, where they are there. */
  readonly overLimit?: number;
  /** Of the matching events these are left out. */
  readonly leaveOutEvery?: number;
  /** So long between the halves of an answer, so that live events come between the stored ones. */
  readonly pauseMs?: number;
  /** So many of the last events of an answer come after its EOSE. */
  readonly afterEose?: number;
  /**
   * Of the versions of an address one is kept: the newest and of one second the lowest id, as NIP-01 has it, or another; all of
   * them where this is left out.
   */
  readonly versions?: 'newest' | 'first' | 'highest-id';
  /** An event is found only so long after it has come. */
  readonly visibleAfterMs?: number;
}

/** Answers COUNT (NIP-45) with the number of kept events that match. */
export interface CountScript {
  readonly delay?: Delay;
  /** The number is so many times the right one, rounded. */
  readonly factor?: number;
  /** The answer calls itself approximate, or carries registers. */
  readonly estimate?: 'approximate' | 'hll';
  /** These COUNTs get CLOSED with this message instead. */
  readonly closed?: { readonly every: number; readonly message: string };
  /** They are never answered. */
  readonly isSilent?: boolean;
}

/** Answers NEG-OPEN and NEG-MSG (NIP-77) from the kept events that match. */
export interface SyncScript {
  /** Of every answer. */
  readonly delay?: Delay;
  /** Answers until the ids are listed: the others are fingerprints that never fit; default 1. */
  readonly rounds?: number;
  /** Of the matching events these are left out. */
  readonly leaveOutEvery?: number;
  /** Every NEG-OPEN gets NEG-ERR with this reason. */
  readonly error?: string;
  /** Every answer is this text. */
  readonly text?: string;
}

export interface QueryScript {
  readonly delay?: Delay;
  /** Stored events before EOSE; `endless` never sends EOSE and goes on until CLOSE. */
  readonly stored?: number | 'endless';
  /** Answers from what it was sent, in place of `stored`. */
  readonly kept?: KeptScript;
  readonly eose?: 'plain' | 'three-elements' | 'never';
  /** These REQs get CLOSED with this message instead. */
  readonly closed?: { readonly every: number; readonly message: string };
  /** These subscriptions are ended with this message right after their EOSE. */
  readonly endedAfterEose?: { readonly every: number; readonly message: string };
}

/** Delivery of accepted events to the live subscriptions that match. */
export interface LiveScript {
  /** Conditions on tags hold for every event. */
  readonly ignoresTags?: boolean;
  /** The k-th matching subscriber gets the event k × this after its arrival, k from 1. */
  readonly spacingMs?: number;
  /** A subscriber for whom more than so many bytes wait is cut off. */
  readonly cutBeyondBytes?: number;
  /** These deliveries are left out. */
  readonly dropEvery?: number;
  /** These deliveries are made twice. */
  readonly twiceEvery?: number;
}

export interface ConnectionScript {
  /** Upgrades are answered one after the other at this rate. */
  readonly accept_per_s?: number;
  /** Each upgrade is answered so long after it came. */
  readonly upgradeAfterMs?: number;
  /** After this many messages on a connection the relay closes it; code 1006 drops it without a close frame. */
  readonly closeAfter?: { readonly messages: number; readonly code: number };
  /** Once, this long after the first event, the relay reads nothing at all from any connection for `forMs`. */
  readonly stopReading?: { readonly afterMs: number; readonly forMs: number };
  /**
   * Once, this long after the first event, the relay drops all its connections without a close frame and refuses upgrades (by cutting
   * them off) for `forMs`. Of subscribers: only those with live subscriptions are dropped, and come back when they like.
   */
  readonly outage?:
    | { readonly afterMs: number; readonly forMs: number }
    | { readonly afterMs: number; readonly of: 'subscribers' };
  /** Every so often the relay closes all its connections; code 1006 drops them without a close frame. */
  readonly closeAll?: { readonly everyMs: number; readonly code: number };
  /** `["AUTH", …]` right after the upgrade. */
  readonly authOnConnect?: boolean;
  /** permessage-deflate is accepted, and every message compressed; the relay's refer to its earlier ones where it takes those over. */
  readonly compression?: { readonly takesOver: boolean };
}
