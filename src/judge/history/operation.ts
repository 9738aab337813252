import type { EventFacts } from './event-facts.ts';

/**
 * How the publishing of an event has ended: OK true and new; OK true as a duplicate; OK false because there is a newer
 * version; OK false otherwise; or nobody knows (no answer, or the connection broke), so that it may be stored or not.
 */
export type PublishOutcome = 'accepted' | 'duplicate' | 'superseded' | 'refused' | 'unknown';

/** One attempt to publish one event, from the first byte of the EVENT to its answer. */
export interface Operation {
  readonly facts: EventFacts;
  /** Number of its arrival. */
  readonly number: number;
  readonly connection: number;
  /** Number of the relay process that the connection has reached; negative where that is not known. */
  readonly relay: number;
  /** Milliseconds after the start of the load. */
  readonly sentMs: number;
  /** The same of the answer; null where none came. */
  readonly endedMs: number | null;
  readonly outcome: PublishOutcome;
  /** The prefix of a refusal (NIP-01), or why nothing is known: `timeout`, `disconnected`. */
  readonly reason: string;
}

/** An event was written. */
export interface SentEntry {
  readonly type: 'sent';
  readonly number: number;
  readonly atMs: number;
  readonly connection: number;
  readonly relay: number;
  readonly facts: EventFacts;
}

/** The event of an arrival was answered, or given up; what was given up may be answered later all the same. */
export interface EndedEntry {
  readonly type: 'ended';
  readonly number: number;
  readonly atMs: number;
  readonly outcome: PublishOutcome;
  readonly reason: string;
}

/** One line of a history. */
export type HistoryEntry = SentEntry | EndedEntry;

/**
 * Puts the entries of a history together. What it keeps are operations under way and those of which nothing is known, so
 * that its memory does not grow with what was answered.
 */
export class OperationJoiner {
  readonly #open = new Map<number, { readonly sent: SentEntry; ended: EndedEntry | null }>();

  /** @returns the operation that this entry decides, or null */
  push(entry: HistoryEntry): Operation | null {
    if (entry.type === 'sent') {
      // Sent again after a disconnect: it may have come with either.
      if (!this.#open.has(entry.number)) this.#open.set(entry.number, { sent: entry, ended: null });
      return null;
    }
    const open = this.#open.get(entry.number);
    // The first of its entries is lost, with the worker that wrote them.
    if (open === undefined) return null;
    if (entry.outcome === 'unknown') {
      open.ended = entry;
      return null;
    }
    this.#open.delete(entry.number);
    return operationOf(open.sent, entry);
  }

  /** What was never decided, at the end of the history. */
  rest(): Operation[] {
    const rest = [...this.#open.values()].map(({ sent, ended }) => operationOf(sent, ended));
    this.#open.clear();
    return rest;
  }
}

function operationOf({ type: _, atMs, ...sent }: SentEntry, ended: EndedEntry | null): Operation {
  const isKnown = ended !== null && ended.outcome !== 'unknown';
  return {
    ...sent,
    sentMs: atMs,
    endedMs: isKnown ? ended.atMs : null,
    outcome: ended?.outcome ?? 'unknown',
    reason: ended?.reason ?? 'unanswered',
  };
}

/** Whether the relay has promised to keep the event. */
export function isAcknowledged({ outcome }: Operation): boolean {
  return outcome === 'accepted' || outcome === 'duplicate';
}

/** Refusals that are final: the relay must not show the event to anybody. Others may have stored it all the same. */
const FINAL: ReadonlySet<string> = new Set(['invalid', 'blocked', 'pow']);

export function isRefusedForGood({ outcome, reason }: Operation): boolean {
  return outcome === 'refused' && FINAL.has(reason);
}

/** Whether nobody knows what the relay has done with the event: it may be stored or not. */
export function isIndeterminate(operation: Operation): boolean {
  if (operation.outcome === 'refused') return !isRefusedForGood(operation);
  return operation.outcome === 'unknown';
}
