import { messageOfMaskedFrame } from '../../base/websocket-frame.ts';
import { checkEventShape, type NostrEvent } from '../../nostr/event.ts';
import { parseJson } from '../../nostr/json.ts';
import { compareNewestFirst, dTag, type Ordered, replaceableAddress } from '../../nostr/kinds.ts';
import type { FrameStore } from '../../wire/frame-store.ts';
import { type EventFate, type EventOutcome, type FailureReason, isAnswer } from '../event-fate.ts';
import type { KnownAddress } from './judge-survivor.ts';

/** An address that the run has written to. */
export interface WrittenAddress extends KnownAddress {
  readonly kind: number;
  readonly pubkey: string;
  /** The `d` tag; empty for replaceable kinds. */
  readonly d: string;
  newest: Ordered | null;
  readonly uncertain: Set<string>;
}

interface UnderWay extends Ordered {
  readonly address: WrittenAddress;
}

/** Follows what is published and knows of each address which version must be left. */
export class Addresses implements EventFate {
  /** By the address as it stands in an `a` tag. */
  readonly #known = new Map<string, WrittenAddress>();
  /** By the number of their arrival. */
  readonly #underWay = new Map<number, UnderWay>();

  get all(): ReadonlyMap<string, WrittenAddress> {
    return this.#known;
  }

  onSent(store: FrameStore, slot: number): void {
    const at = store.startOf(slot);
    const event = eventIn(store.bytes.subarray(at, at + (store.length[slot] as number)));
    const address = event === null ? null : this.#addressOf(event);
    if (event === null || address === null) return;
    const { id, created_at } = event;
    this.#underWay.set(store.number[slot] as number, { id, created_at, address });
  }

  onEnded(number: number, outcome: EventOutcome, reason: FailureReason): void {
    const sent = this.#underWay.get(number);
    if (sent === undefined) return;
    this.#underWay.delete(number);
    const { id, created_at, address } = sent;
    if (outcome === 'failed') {
      if (!isAnswer(reason)) address.uncertain.add(id);
      return;
    }
    const { newest } = address;
    if (newest === null || compareNewestFirst(sent, newest) < 0) address.newest = { id, created_at };
  }

  #addressOf(event: NostrEvent): WrittenAddress | null {
    const key = replaceableAddress(event);
    if (key === null) return null;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { kind, pubkey } = event;
    const d = key.endsWith(':') ? '' : dTag(event);
    const address: WrittenAddress = { kind, pubkey, d, newest: null, uncertain: new Set() };
    this.#known.set(key, address);
    return address;
  }
}

/** The event in the frame that publishes it; null where there is none. */
function eventIn(frame: Buffer): NostrEvent | null {
  const message = parseJson(messageOfMaskedFrame(frame));
  return Array.isArray(message) ? (checkEventShape(message[1]).event ?? null) : null;
}
