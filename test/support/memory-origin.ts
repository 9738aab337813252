import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { VANISH_KIND } from '../../src/nostr/kinds.ts';
import { NegentropyItems } from '../../src/nostr/negentropy/items.ts';
import { isGiftWrapKind } from '../../src/nostr/nip59.ts';
import { answerNegentropy } from '../../src/nostr/nip77.ts';
import type { LinkListener, OpenLink } from '../../src/relay/edge/origin-link.ts';
import { MemoryStore } from '../../src/relay/store/memory-store.ts';
import type { StoredEvent } from '../../src/relay/store/stored-event.ts';
import { stored } from './stored-event.ts';

/** A message on its way to the edge. */
interface Frame {
  readonly text: string;
  /** Of a live event: how many changes the origin has seen with it. */
  readonly version: number | null;
}

/** One connection, in both directions. */
interface Wire {
  readonly listener: LinkListener;
  readonly up: string[];
  /** Open reconciliations. */
  readonly reconciliations: Map<unknown, NegentropyItems>;
  /** Answers that were read from the store and not sent. */
  readonly read: Frame[][];
  readonly down: Frame[];
  isOpen: boolean;
  isSubscribed: boolean;
}

const STRANGER = { pubkeys: [] };
const PING = 'ping';
const PONG = 'pong';

export interface MemoryOriginOptions {
  readonly nowSeconds: () => number;
  readonly maxLimit?: number;
}

/**
 * An origin inside the test, on a connection whose messages flow by themselves or, where `isHeld`, one by one as the test says. It
 * reads an answer at one moment and sends it at another, as a relay with a database does; of a connection the order is kept.
 */
export class MemoryOrigin {
  readonly store: MemoryStore;
  readonly maxLimit: number;
  /** Everything that it was sent, in order. */
  readonly received: unknown[][] = [];
  /** Connections are refused. */
  isAway = false;
  /** Messages wait for {@link takeUp}, {@link send} and {@link arrive}. */
  isHeld = false;
  /** Connections are open, and nothing is said on them. */
  isSilent = false;
  /** Pings are not answered, as by a relay that reads so far only later; everything else flows. */
  ignoresPings = false;
  /** What OK says; by default what the store decides. */
  verdict: ((event: NostrEvent) => readonly [boolean, string] | null) | null = null;
  /** Why a filter is not reconciled, null where it is; an empty text says nothing at all. */
  refusal: ((filter: Filter) => string | null) | null = null;
  /** Changes of the store so far. */
  version = 0;
  /** The change of which the edge has heard last. */
  heard = 0;
  #wire: Wire | null = null;
  #isFlowing = false;
  #hasMore = false;

  constructor({ nowSeconds, maxLimit = 500 }: MemoryOriginOptions) {
    this.store = new MemoryStore({ limitBytes: Number.POSITIVE_INFINITY, nowSeconds });
    this.maxLimit = maxLimit;
  }

  readonly open: OpenLink = (listener) => {
    const wire: Wire = {
      ...{ listener, up: [], read: [], down: [], reconciliations: new Map() },
      ...{ isOpen: !this.isAway, isSubscribed: false },
    };
    setImmediate(() => {
      if (!wire.isOpen) listener.closed('refused');
      else {
        this.#wire = wire;
        listener.opened();
      }
    });
    return {
      send: (text) => {
        if (wire.isOpen) wire.up.push(text);
        this.flow();
      },
      ping: () => {
        if (wire.isOpen) wire.up.push(PING);
        this.flow();
      },
      end: () => {
        wire.isOpen = false;
      },
    };
  };

  /** The questions (REQ) that it was asked for clients. */
  get questions(): Filter[] {
    return this.received
      .filter(([type, id]) => type === 'REQ' && id !== 'live')
      .map(([, , filter]) => filter as Filter)
      .filter(({ since }) => since !== this.pastSince);
  }

  /** The `since` with which the edge looks for what it has missed; these are no questions of clients. */
  pastSince: number | undefined = undefined;

  /** Loses the connection. */
  cut(): void {
    const wire = this.#wire;
    this.#wire = null;
    if (wire === null || !wire.isOpen) return;
    wire.isOpen = false;
    wire.listener.closed('cut');
  }

  /** Stores an event and tells of it. @returns what became of it */
  async publish(event: NostrEvent): Promise<string> {
    const kept: StoredEvent = stored(event);
    if (event.kind === VANISH_KIND && !this.store.knows(event.id)) {
      await this.store.vanish(event.pubkey, event.created_at);
    }
    const outcome = await this.store.add(kept);
    if (outcome === 'stored') this.tell(event);
    return outcome;
  }

  /** Tells of an event, whether it is stored or not. */
  tell(event: NostrEvent): void {
    this.version++;
    if (this.#wire?.isSubscribed === true && !isGiftWrapKind(event.kind)) {
      this.#wire.down.push({ text: JSON.stringify(['EVENT', 'live', event]), version: this.version });
    }
    this.flow();
  }

  /** Takes the next message of the edge; the answer of a question is read now. @returns whether there was one */
  async takeUp(): Promise<boolean> {
    const wire = this.#wire;
    const text = wire?.up.shift();
    if (wire === null || text === undefined) return false;
    if (text === PING) {
      if (!this.ignoresPings) wire.read.push([{ text: PONG, version: null }]);
      return true;
    }
    const message = JSON.parse(text) as unknown[];
    this.received.push(message);
    const [type, id, ...rest] = message;
    if (type === 'EVENT') wire.read.push([await this.#ok(id as NostrEvent)]);
    else if (type === 'COUNT') {
      const count = await this.store.count(rest as Filter[], STRANGER);
      wire.read.push([frame(['COUNT', id, { count }])]);
    } else if (type === 'REQ') wire.read.push(await this.#answer(wire, id, rest[0] as Filter));
    else if (type === 'NEG-OPEN') await this.#reconcile(wire, id, rest[0] as Filter, rest[1]);
    else if (type === 'NEG-MSG') this.#round(wire, id, rest[0]);
    else if (type === 'NEG-CLOSE') wire.reconciliations.delete(id);
    return true;
  }

  /** Sends the answer that was read first. @returns whether there was one */
  send(): boolean {
    const answer = this.#wire?.read.shift();
    this.#wire?.down.push(...(answer ?? []));
    return answer !== undefined;
  }

  /** Lets the next message reach the edge. @returns whether there was one */
  arrive(): boolean {
    const wire = this.#wire;
    const next = wire?.down.shift();
    if (next === undefined || wire?.isOpen !== true) return false;
    if (next.version !== null) this.heard = next.version;
    if (next.text === PONG) wire.listener.ponged();
    else wire.listener.received(next.text);
    return true;
  }

  /** Lets everything flow that waits, unless it is held. */
  flow(): void {
    if (this.isHeld || this.isSilent) return;
    // Something may have come since the flow looked for the last time.
    this.#hasMore = true;
    if (this.#isFlowing) return;
    this.#isFlowing = true;
    void this.#flow();
  }

  async #flow(): Promise<void> {
    while (this.#hasMore && !this.isHeld && !this.isSilent) {
      await Promise.resolve();
      this.#hasMore = false;
      const [taken, sent, arrived] = [await this.takeUp(), this.send(), this.arrive()];
      if (taken || sent || arrived) this.#hasMore = true;
    }
    this.#isFlowing = false;
  }

  async #ok(event: NostrEvent): Promise<Frame> {
    const verdict = this.verdict?.(event) ?? null;
    if (verdict !== null) return frame(['OK', event.id, ...verdict]);
    const outcome = await this.publish(event);
    return frame([
      'OK',
      event.id,
      outcome === 'stored' || outcome === 'duplicate',
      outcome === 'stored' ? '' : `${outcome}: x`,
    ]);
  }

  async #reconcile(wire: Wire, id: unknown, filter: Filter, message: unknown): Promise<void> {
    const problem = this.refusal?.(filter) ?? null;
    if (problem !== null) {
      wire.read.push(problem === '' ? [] : [frame(['NEG-ERR', id, problem])]);
      return;
    }
    const events = await this.store.list(filter, Number.POSITIVE_INFINITY, STRANGER);
    wire.reconciliations.set(id, NegentropyItems.of(events ?? []));
    this.#round(wire, id, message);
  }

  #round(wire: Wire, id: unknown, message: unknown): void {
    const items = wire.reconciliations.get(id);
    if (items === undefined) throw new Error('no such reconciliation');
    const answer = answerNegentropy(items, Buffer.from(String(message), 'hex'), 4_096);
    wire.read.push([frame(['NEG-MSG', id, answer.toString('hex')])]);
  }

  async #answer(wire: Wire, id: unknown, filter: Filter): Promise<Frame[]> {
    if (id === 'live') wire.isSubscribed = true;
    const limit = Math.min(filter.limit ?? this.maxLimit, this.maxLimit);
    const events = await this.store.query([{ ...filter, limit }], STRANGER);
    return [
      ...events.map(({ json }) => frame(['EVENT', id, JSON.parse(json) as NostrEvent])),
      frame(['EOSE', id]),
    ];
  }
}

function frame(message: readonly unknown[]): Frame {
  return { text: JSON.stringify(message), version: null };
}
