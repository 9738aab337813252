import { performance } from 'node:perf_hooks';
import type { ReconciliationMessage } from '../../nostr/client-message.ts';
import { NegentropyError } from '../../nostr/negentropy/codec.ts';
import { NegentropyItems } from '../../nostr/negentropy/items.ts';
import { answerNegentropy } from '../../nostr/nip77.ts';
import type { RelayLimits } from '../limits/limits.ts';
import type { RelayStats } from '../metrics/stats.ts';
import type { EventStore, Reader } from '../store/store.ts';
import type { Lane } from '../work/lane.ts';
import type { Reads } from '../work/reads.ts';
import { runFor, Work } from '../work/work.ts';

type Open = Extract<ReconciliationMessage, { type: 'NEG-OPEN' }>;

/** What the reconciliations of a connection are made of. */
export interface ReconciliationParts {
  readonly store: EventStore;
  readonly limits: RelayLimits;
  readonly stats: RelayStats;
}

/** The connection that they belong to. */
export interface ReconciliationOwner {
  readonly lane: Lane;
  /** Its questions to the store take turns. */
  readonly reads: Reads;
  readonly send: (message: readonly unknown[]) => void;
}

/** Most bytes of an answer; in hex it is twice as long. */
const ANSWER_BYTES_MAX = 100_000;
/** All connections together may hold this many times what one may. */
const CONNECTIONS_SHARE = 4;

interface Reconciliation {
  /** Null while the store is read. */
  items: NegentropyItems | null;
  /** Events that it holds. */
  records: number;
  readonly idle: NodeJS.Timeout;
  /** Reading the store. */
  readonly work: Work;
}

/** A reconciliation whose events are read. */
interface Reading {
  readonly id: string;
  readonly reconciliation: Reconciliation;
  readonly filter: Open['filter'];
}

/**
 * The reconciliations of one connection (NIP-77). Each holds time and id of all its events while it lasts, hence
 * the limits: on events, on reconciliations, and on the time that one may rest.
 */
export class Reconciliations {
  readonly #parts: ReconciliationParts;
  readonly #owner: ReconciliationOwner;
  readonly #open = new Map<string, Reconciliation>();
  #records = 0;

  constructor(parts: ReconciliationParts, owner: ReconciliationOwner) {
    this.#parts = parts;
    this.#owner = owner;
  }

  /**
   * Starts a reconciliation; an open one of the same id ends. Rejects where the store fails.
   * @throws CancelledError where it is closed before the store was read
   */
  async open({ subscriptionId: id, filter, message }: Open, reader?: Reader): Promise<void> {
    const { limits } = this.#parts;
    this.close(id);
    if (this.#open.size >= limits.maxNegSessions) {
      this.fail(id, `blocked: more than ${limits.maxNegSessions} open reconciliations`);
      return;
    }
    if (filter.search !== undefined) {
      this.fail(id, 'invalid: a search cannot be reconciled');
      return;
    }
    const idle = setTimeout(() => this.fail(id, 'closed: no message for too long'), limits.negIdleS * 1_000);
    const reconciliation: Reconciliation = {
      items: null,
      records: 0,
      idle: idle.unref(),
      work: new Work(this.#owner.lane),
    };
    this.#open.set(id, reconciliation);
    const read = (): Promise<boolean> => this.#read({ id, reconciliation, filter }, reader);
    const isRead = await this.#owner.reads.run(reconciliation.work, read);
    if (isRead && this.#open.get(id) === reconciliation) this.answer(id, message);
  }

  /** Reads what it is about. @returns whether it can be answered */
  async #read({ id, reconciliation, filter }: Reading, reader?: Reader): Promise<boolean> {
    const { store, limits, stats } = this.#parts;
    const max = limits.maxNegRecords;
    const startedMs = performance.now();
    const records = await store.list(filter, max, reader, reconciliation.work);
    stats.onQuery('neg', (performance.now() - startedMs) / 1_000);
    // Closed or opened anew meanwhile: that was answered already.
    if (this.#open.get(id) !== reconciliation) return false;
    if (records === null || this.#records + records.length > max) {
      this.fail(id, 'blocked: too many events', max);
    } else if (stats.negentropyRecords + records.length > CONNECTIONS_SHARE * max) {
      this.fail(id, 'blocked: too many reconciliations, try again later');
    } else {
      this.#count(records.length);
      reconciliation.records = records.length;
      reconciliation.items = await runFor(reconciliation.work, NegentropyItems.inSteps(records));
      return true;
    }
    return false;
  }

  /** Answers a message of the client. */
  answer(id: string, message: Uint8Array): void {
    const reconciliation = this.#open.get(id);
    if (reconciliation?.items == null) {
      this.fail(id, 'closed: no such reconciliation is open');
      return;
    }
    reconciliation.idle.refresh();
    try {
      const answer = answerNegentropy(reconciliation.items, message, ANSWER_BYTES_MAX);
      this.#owner.send(['NEG-MSG', id, answer.toString('hex')]);
    } catch (error) {
      if (!(error instanceof NegentropyError)) throw error;
      this.fail(id, `invalid: ${error.message}`);
    }
  }

  /** Ends a reconciliation, if it is open, and frees what it holds. */
  close(id: string): void {
    const reconciliation = this.#open.get(id);
    if (reconciliation === undefined) return;
    clearTimeout(reconciliation.idle);
    this.#open.delete(id);
    reconciliation.work.cancel();
    this.#count(-reconciliation.records);
  }

  /**
   * Ends a reconciliation and tells the client why.
   * @param max the most events that a reconciliation may have, where that is the reason
   */
  fail(id: string, message: string, max?: number): void {
    this.close(id);
    this.#owner.send(['NEG-ERR', id, message, ...(max === undefined ? [] : [max])]);
  }

  /** Ends all of them, telling why; without a reason the client has gone. */
  closeAll(reason?: string): void {
    for (const id of [...this.#open.keys()]) {
      if (reason === undefined) this.close(id);
      else this.fail(id, reason);
    }
  }

  #count(records: number): void {
    this.#records += records;
    this.#parts.stats.negentropyRecords += records;
  }
}
