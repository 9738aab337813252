import { type Client, sendMessage } from './client.ts';
import { isEvery } from './event-replies.ts';
import type { WireFilter } from './filter.ts';
import type { KeptEvents } from './kept-events.ts';
import type { PreciseTimer } from './precise-timer.ts';
import type { SyncScript } from './script.ts';
import { delayMs } from './service-model.ts';

const NS_PER_MS = 1e6;
/** Version 1; one range up to infinity without an id; as a fingerprint, as a list of ids. */
const [FINGERPRINT, ID_LIST] = ['61000001', '61000002'];
/** Of no set of events. */
const WRONG_FINGERPRINT = 'ee'.repeat(16);

/** Answers NEG-OPEN and NEG-MSG as scripted: right by the protocol, and as simple as it can be. */
export class SyncHandler {
  syncs = 0;
  messages = 0;
  closes = 0;
  readonly #script: SyncScript;
  readonly #timer: PreciseTimer;
  readonly #kept: KeptEvents;
  /** Filter and answers so far, by connection and subscription. */
  readonly #open = new WeakMap<Client, Map<string, { readonly filter: WireFilter; answers: number }>>();

  constructor(script: SyncScript, timer: PreciseTimer, kept: KeptEvents) {
    this.#script = script;
    this.#timer = timer;
    this.#kept = kept;
  }

  open(client: Client, subscription: string, filter: WireFilter, arrivalNs: number): void {
    this.syncs++;
    if (this.#script.error !== undefined) {
      sendMessage(client, ['NEG-ERR', subscription, this.#script.error]);
      return;
    }
    const open = this.#open.get(client) ?? new Map();
    this.#open.set(client, open);
    open.set(subscription, { filter, answers: 0 });
    this.answer(client, subscription, arrivalNs);
  }

  answer(client: Client, subscription: string, arrivalNs: number): void {
    const n = this.messages++;
    const sync = this.#open.get(client)?.get(subscription);
    if (sync === undefined) return;
    sync.answers++;
    const { delay, rounds = 1, text } = this.#script;
    const message =
      text ?? (sync.answers < rounds ? FINGERPRINT + WRONG_FINGERPRINT : ID_LIST + this.#ids(sync.filter));
    const dueNs = arrivalNs + delayMs(delay, n) * NS_PER_MS;
    this.#timer.at(dueNs, () => sendMessage(client, ['NEG-MSG', subscription, message]));
  }

  close(client: Client, subscription: string): void {
    this.closes++;
    this.#open.get(client)?.delete(subscription);
  }

  #ids(filter: WireFilter): string {
    const found = this.#kept
      .matching([filter])
      .filter((_event, i) => !isEvery(this.#script.leaveOutEvery, i + 1));
    return varint(found.length) + found.map(({ id }) => id).join('');
  }
}

/** Base 128, the most significant digit first, as hex. */
function varint(value: number): string {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest % 128) + 128);
  return Buffer.from(bytes).toString('hex');
}
