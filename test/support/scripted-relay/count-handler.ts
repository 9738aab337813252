import { type Client, sendMessage } from './client.ts';
import { isEvery } from './event-replies.ts';
import type { WireFilter } from './filter.ts';
import type { KeptEvents } from './kept-events.ts';
import type { PreciseTimer } from './precise-timer.ts';
import type { CountScript } from './script.ts';
import { delayMs } from './service-model.ts';

const NS_PER_MS = 1e6;
const REGISTERS = 256;

/** Answers COUNT as scripted. */
export class CountHandler {
  counts = 0;
  readonly #script: CountScript;
  readonly #timer: PreciseTimer;
  readonly #kept: KeptEvents;

  constructor(script: CountScript, timer: PreciseTimer, kept: KeptEvents) {
    this.#script = script;
    this.#timer = timer;
    this.#kept = kept;
  }

  count(client: Client, subscription: string, filters: readonly WireFilter[], arrivalNs: number): void {
    const n = ++this.counts;
    const { closed, delay, isSilent, factor = 1 } = this.#script;
    if (isSilent === true) return;
    if (isEvery(closed?.every, n)) {
      sendMessage(client, ['CLOSED', subscription, closed?.message ?? '']);
      return;
    }
    const count = Math.round(this.#kept.matching(filters).length * factor);
    const dueNs = arrivalNs + delayMs(delay, n - 1) * NS_PER_MS;
    this.#timer.at(dueNs, () => sendMessage(client, ['COUNT', subscription, this.#answer(count)]));
  }

  #answer(count: number): object {
    const { estimate } = this.#script;
    if (estimate === 'approximate') return { count, approximate: true };
    return estimate === 'hll' ? { count, hll: '00'.repeat(REGISTERS) } : { count };
  }
}
