import { type Client, sendMessage } from './client.ts';
import { isEvery } from './event-replies.ts';
import type { WireFilter } from './filter.ts';
import type { KeptEvents } from './kept-events.ts';
import { nowNs, type PreciseTimer } from './precise-timer.ts';
import type { KeptScript, QueryScript } from './script.ts';
import { delayMs } from './service-model.ts';

const NS_PER_MS = 1e6;
/** An endless answer: this many events a millisecond, unless the client reads too slowly. */
const ENDLESS_BATCH = 20;
const MAX_BUFFERED_BYTES = 1_000_000;

/** Answers REQ messages as scripted; every subscription stays live until its CLOSE. */
export class QueryHandler {
  queries = 0;
  closes = 0;
  readonly #script: QueryScript;
  readonly #timer: PreciseTimer;
  readonly #kept: KeptEvents;

  constructor(script: QueryScript, timer: PreciseTimer, kept: KeptEvents) {
    this.#script = script;
    this.#timer = timer;
    this.#kept = kept;
  }

  open(client: Client, subscription: string, filters: readonly WireFilter[], arrivalNs: number): void {
    const n = ++this.queries;
    if (isEvery(this.#script.closed?.every, n)) {
      sendMessage(client, ['CLOSED', subscription, this.#script.closed?.message ?? '']);
      return;
    }
    client.subscriptions.set(subscription, filters);
    const dueNs = arrivalNs + delayMs(this.#script.delay, n - 1) * NS_PER_MS;
    this.#timer.at(dueNs, () => {
      this.#answer(client, subscription);
      if (isEvery(this.#script.endedAfterEose?.every, n)) this.#end(client, subscription);
    });
  }

  close(client: Client, subscription: string): void {
    this.closes++;
    client.subscriptions.delete(subscription);
  }

  #end(client: Client, subscription: string): void {
    client.subscriptions.delete(subscription);
    sendMessage(client, ['CLOSED', subscription, this.#script.endedAfterEose?.message ?? '']);
  }

  #answer(client: Client, subscription: string): void {
    if (this.#script.kept !== undefined) {
      this.#answerKept(client, subscription, this.#script.kept);
      return;
    }
    if (this.#script.stored === 'endless') {
      this.#goOn(client, subscription, 0);
      return;
    }
    for (let i = 0; i < (this.#script.stored ?? 0); i++) {
      sendMessage(client, ['EVENT', subscription, storedEvent(i)]);
    }
    this.#endOfStored(client, subscription);
  }

  /** The first half at once, the other one when the pause is over, and what comes after EOSE right behind it. */
  #answerKept(client: Client, subscription: string, { pauseMs = 0, afterEose = 0 }: KeptScript): void {
    const events = this.#kept.answer(client.subscriptions.get(subscription) ?? []);
    const send = (from: number, to: number): void => {
      for (const event of events.slice(from, to)) sendMessage(client, ['EVENT', subscription, event]);
    };
    const half = events.length >> 1;
    const last = Math.max(half, events.length - afterEose);
    send(0, half);
    const goOn = (): void => {
      if (!client.subscriptions.has(subscription)) return;
      send(half, last);
      this.#endOfStored(client, subscription);
      send(last, events.length);
    };
    if (pauseMs === 0) goOn();
    else this.#timer.at(nowNs() + pauseMs * NS_PER_MS, goOn);
  }

  #endOfStored(client: Client, subscription: string): void {
    if (this.#script.eose === 'three-elements') sendMessage(client, ['EOSE', subscription, 'finish']);
    else if (this.#script.eose !== 'never') sendMessage(client, ['EOSE', subscription]);
  }

  #goOn(client: Client, subscription: string, from: number): void {
    if (!client.subscriptions.has(subscription)) return;
    const count = client.socket.bufferedAmount > MAX_BUFFERED_BYTES ? 0 : ENDLESS_BATCH;
    for (let i = from; i < from + count; i++) sendMessage(client, ['EVENT', subscription, storedEvent(i)]);
    this.#timer.at(nowNs() + NS_PER_MS, () => this.#goOn(client, subscription, from + count));
  }
}

/** A stored event: right in form, made up in content. */
function storedEvent(n: number): object {
  const id = n.toString(16).padStart(64, 'a');
  const created_at = 1_700_000_000 - n;
  return {
    id,
    pubkey: 'b'.repeat(64),
    created_at,
    kind: 1,
    tags: [],
    content: 'stored',
    sig: 'c'.repeat(128),
  };
}
