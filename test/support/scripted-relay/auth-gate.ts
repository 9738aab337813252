import { type Client, sendMessage } from './client.ts';
import type { WireEvent } from './filter.ts';
import type { PreciseTimer } from './precise-timer.ts';
import type { AuthScript } from './script.ts';
import { delayMs } from './service-model.ts';

const NS_PER_MS = 1e6;
const AUTH_KIND = 22_242;

/** Lets nobody in who has not authenticated, as scripted. */
export class AuthGate {
  /** AUTH messages that came. */
  auths = 0;
  /** What stood in their `relay` tags, each once. */
  readonly relays = new Set<string>();
  readonly keys = new Set<string>();
  readonly #script: AuthScript | undefined;
  readonly #timer: PreciseTimer;
  readonly #challenges = new WeakMap<Client, string>();
  readonly #in = new WeakSet<Client>();

  constructor(script: AuthScript | undefined, timer: PreciseTimer) {
    this.#script = script;
    this.#timer = timer;
  }

  welcome(client: Client): void {
    if (this.#script?.challenge === 'on-connect') this.#challenge(client);
  }

  /** @param answer the answer that refuses, but for its message. @returns whether the message is let through */
  admits(client: Client, answer: readonly unknown[]): boolean {
    if (this.#script === undefined || this.#in.has(client)) return true;
    const { challenge } = this.#script;
    const isNew = !this.#challenges.has(client);
    if (isNew && challenge === 'before-refusal') this.#challenge(client);
    sendMessage(client, [...answer, 'auth-required: who are you?']);
    if (isNew && challenge === 'behind-refusal') this.#challenge(client);
    return false;
  }

  /** @param arrivalNs when the AUTH came */
  authenticate(client: Client, event: WireEvent, arrivalNs: number): void {
    const tag = (name: string): string => event.tags.find(([first]) => first === name)?.[1] ?? '';
    const isRight = event.kind === AUTH_KIND && tag('challenge') === this.#challenges.get(client);
    this.relays.add(tag('relay'));
    this.keys.add(event.pubkey);
    const dueNs = arrivalNs + delayMs(this.#script?.delay, this.auths++) * NS_PER_MS;
    const reject = this.#script?.reject ?? (isRight ? undefined : 'invalid: another challenge');
    this.#timer.at(dueNs, () => {
      if (reject === undefined) this.#in.add(client);
      sendMessage(client, ['OK', event.id, reject === undefined, reject ?? '']);
    });
  }

  #challenge(client: Client): void {
    const challenge = Math.random().toString(36).slice(2);
    this.#challenges.set(client, challenge);
    sendMessage(client, ['AUTH', challenge]);
  }
}
