import type { Delay, ServiceScript } from './script.ts';

const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;

/**
 * When a single server would answer: a pure calculation of reply times from arrival times (first come, first
 * served), so that the script's behaviour does not depend on how busy this process is.
 */
export class ServiceModel {
  readonly #service: ServiceScript;
  readonly #workNs: number;
  #originNs = Number.NaN;
  #freeAtNs = 0;
  #served = 0;

  constructor(service: ServiceScript) {
    this.#service = service;
    this.#workNs = service.capacity_per_s === undefined ? 0 : NS_PER_S / service.capacity_per_s;
  }

  /** When the event that arrives at `arrivalNs` is answered; call it in order of arrival. */
  replyAtNs(arrivalNs: number): number {
    if (Number.isNaN(this.#originNs)) this.#originNs = arrivalNs;
    const start = this.#thawedNs(Math.max(arrivalNs, this.#freeAtNs));
    this.#freeAtNs = start + this.#workNs;
    return this.#freeAtNs + delayMs(this.#service.delay, this.#served++) * NS_PER_MS;
  }

  /** The first instant from `atNs` on at which the server is not frozen. */
  #thawedNs(atNs: number): number {
    const freeze = this.#service.freeze;
    if (freeze === undefined) return atNs;
    const frozenFrom = ((freeze.everyMs - freeze.forMs) / 2) * NS_PER_MS;
    const frozenTo = frozenFrom + freeze.forMs * NS_PER_MS;
    const intoPeriod = (atNs - this.#originNs) % (freeze.everyMs * NS_PER_MS);
    return intoPeriod >= frozenFrom && intoPeriod < frozenTo ? atNs + frozenTo - intoPeriod : atNs;
  }
}

/** Delay of the n-th answer (from 0) in milliseconds. */
export function delayMs(delay: Delay | undefined, n: number): number {
  if (delay === undefined) return 0;
  if (delay.kind === 'exact') return delay.ms;
  const block = Math.floor(n / delay.slowEvery);
  const slowPlace = mix(delay.seed, block) % delay.slowEvery;
  return n % delay.slowEvery === slowPlace ? delay.slowMs : delay.fastMs;
}

/** An unsigned 32-bit hash of two numbers (the finaliser of MurmurHash3). */
function mix(seed: number, n: number): number {
  let h = (seed ^ Math.imul(n + 1, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
