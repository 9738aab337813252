import { type Client, sendMessage } from './client.ts';
import { isEvery } from './event-replies.ts';
import type { WireFilter } from './filter.ts';
import { nowNs, type PreciseTimer } from './precise-timer.ts';
import type { QueryScript } from './script.ts';
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

  constructor(script: QueryScript, timer: PreciseTimer) {
    this.#script = script;
    this.#timer = timer;
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
    if (this.#script.stored === 'endless') {
      this.#goOn(client, subscription, 0);
      return;
    }
    for (let i = 0; i < (this.#script.stored ?? 0); i++) {
      sendMessage(client, ['EVENT', subscription, storedEvent(i)]);
    }
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
