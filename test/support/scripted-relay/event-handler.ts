import { type Client, sendFrame, sendMessage } from './client.ts';
import { eventReplies, isAnsweredByKind, isEvery, type ReplyFrame } from './event-replies.ts';
import { matches, type WireEvent, type WireFilter } from './filter.ts';
import type { KeptEvents } from './kept-events.ts';
import type { PreciseTimer } from './precise-timer.ts';
import type { EventScript, LiveScript, RelayScript } from './script.ts';
import { ServiceModel } from './service-model.ts';

const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;
/** How long after the reply a second one or a foreign one follows. */
const AFTER_NS = 5 * NS_PER_MS;

/** Answers EVENT messages and delivers them to live subscriptions, as scripted. */
export class EventHandler {
  readonly arrivals_ns: number[] = [];
  /** In the order of their arrival. */
  readonly ids: string[] = [];
  deliveries = 0;
  readonly #known = new Set<string>();
  readonly #script: EventScript;
  readonly #live: LiveScript;
  readonly #visibleAfterNs: number;
  readonly #timer: PreciseTimer;
  readonly #service: ServiceModel;
  #held: (() => void)[] = [];
  #tokens = 1;
  #refilledNs = 0;

  readonly #kept: KeptEvents;

  constructor(
    script: Pick<RelayScript, 'events' | 'live' | 'queries'>,
    timer: PreciseTimer,
    kept: KeptEvents,
  ) {
    this.#kept = kept;
    this.#script = script.events ?? {};
    this.#live = script.live ?? {};
    this.#visibleAfterNs = (script.queries?.kept?.visibleAfterMs ?? 0) * NS_PER_MS;
    this.#timer = timer;
    this.#service = new ServiceModel(this.#script);
  }

  /** @param clients everyone connected, in order of their connection */
  handle(publisher: Client, event: WireEvent, arrivalNs: number, clients: ReadonlySet<Client>): void {
    if (this.#script.knowsDuplicates === true && this.#known.has(event.id)) {
      sendMessage(publisher, ['OK', event.id, true, 'duplicate: already have this event']);
      return;
    }
    const n = this.arrivals_ns.push(arrivalNs);
    this.ids.push(event.id);
    this.#known.add(event.id);
    if (this.#isBeyondLimit(arrivalNs)) {
      sendMessage(publisher, ['OK', event.id, false, 'rate-limited: slow down']);
      return;
    }
    const { noise, reply, after } = eventReplies(this.#script, n, event);
    for (const frame of noise) sendFrame(publisher, frame);
    const { kindDelay, msPerConnection = 0 } = this.#script;
    const extraMs = msPerConnection * clients.size + (event.kind === kindDelay?.kind ? kindDelay.ms : 0);
    const dueNs = this.#service.replyAtNs(arrivalNs) + extraMs * NS_PER_MS;
    if (reply !== null) this.#timer.at(dueNs, () => this.#release(() => sendFrame(publisher, reply)));
    this.#sendAfter(publisher, after, dueNs + AFTER_NS);
    if (reply === null || isEvery(this.#script.reject?.every, n) || isAnsweredByKind(this.#script, event))
      return;
    this.#timer.at(arrivalNs + this.#visibleAfterNs, () => this.#kept.add(event));
    this.#deliver(event, arrivalNs, clients);
  }

  /** A bucket that holds one event, so that no second sees more. */
  #isBeyondLimit(arrivalNs: number): boolean {
    const { limit_per_s } = this.#script;
    if (limit_per_s === undefined) return false;
    const refill = ((arrivalNs - this.#refilledNs) / NS_PER_S) * limit_per_s;
    this.#tokens = Math.min(1, this.#tokens + refill);
    this.#refilledNs = arrivalNs;
    if (this.#tokens < 1) return true;
    this.#tokens--;
    return false;
  }

  #sendAfter(publisher: Client, frames: readonly ReplyFrame[], dueNs: number): void {
    for (const frame of frames) this.#timer.at(dueNs, () => sendFrame(publisher, frame));
  }

  /** Send now, or hold until the group is complete and send that backwards. */
  #release(send: () => void): void {
    this.#held.push(send);
    if (this.#held.length < (this.#script.reverseGroupsOf ?? 1)) return;
    for (const held of this.#held.reverse()) held();
    this.#held = [];
  }

  #deliver(event: WireEvent, arrivalNs: number, clients: Iterable<Client>): void {
    const spacingNs = (this.#live.spacingMs ?? 0) * NS_PER_MS;
    let k = 0;
    for (const client of clients) {
      for (const [subscription, filters] of client.subscriptions) {
        if (!filters.some((filter) => this.#isDue(filter, event))) continue;
        k++;
        const dueNs = arrivalNs + k * spacingNs;
        for (let copy = this.#copies(); copy > 0; copy--) {
          this.#timer.at(dueNs, () => this.#send(client, ['EVENT', subscription, event]));
        }
      }
    }
  }

  #send(client: Client, message: readonly unknown[]): void {
    sendMessage(client, message);
    const { cutBeyondBytes = Number.POSITIVE_INFINITY } = this.#live;
    if (client.socket.bufferedAmount > cutBeyondBytes) client.socket.terminate();
  }

  #isDue(filter: WireFilter, event: WireEvent): boolean {
    return matches(this.#live.ignoresTags === true ? withoutTags(filter) : filter, event);
  }

  /** How often the next delivery is made. */
  #copies(): number {
    this.deliveries++;
    if (isEvery(this.#live.dropEvery, this.deliveries)) return 0;
    return isEvery(this.#live.twiceEvery, this.deliveries) ? 2 : 1;
  }
}

function withoutTags(filter: WireFilter): WireFilter {
  return Object.fromEntries(Object.entries(filter).filter(([key]) => !key.startsWith('#')));
}
